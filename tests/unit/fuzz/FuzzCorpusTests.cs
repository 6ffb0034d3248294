using MailMesh.Fuzz;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Fuzz;

/// <summary>Every input that the fuzzer keeps, run through its target without the fuzzer.</summary>
public sealed class FuzzCorpusTests
{
    private static readonly string Corpus = Path.Combine(Repository.Root, "tests", "fuzz", "corpus");

    [Fact]
    public void Every_target_has_a_corpus_and_every_corpus_a_target() =>
        Assert.Equal(FuzzTarget.All.Keys.Order(StringComparer.Ordinal), Directory.EnumerateDirectories(Corpus).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_input_keeps_every_promise()
    {
        var broken = new List<string>();
        var files = Directory.GetFiles(Corpus, "*", SearchOption.AllDirectories);
        foreach (var file in files)
        {
            if (Record.Exception(() => FuzzTarget.All[Path.GetFileName(Path.GetDirectoryName(file)!)](File.ReadAllBytes(file))) is { } failure)
                broken.Add($"{file}: {failure.Message}");
        }
        Assert.Empty(broken);
        Assert.True(files.Length > 50, $"Only {files.Length} inputs: the corpus was not found.");
    }

    /// <summary>A target that can never fail would prove nothing.</summary>
    [Fact]
    public void A_broken_promise_is_an_exception() =>
        Assert.Throws<BrokenPromiseException>(() => BrokenPromiseException.Unless(false, "one"));
}
