using System.Text.RegularExpressions;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Architecture;

/// <summary>docs/settings.md has every setting that the code reads, and no other.</summary>
public sealed partial class SettingsDocumentTests
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "settings.md"));

    /// <summary>Read from Microsoft's libraries, or named by a pattern.</summary>
    private static readonly string[] ReadElsewhere = ["MAILMESH__LISTEN__NAME", "MAILMESH__LOGGING__LOGLEVEL__DEFAULT"];

    [Fact]
    public void Every_setting_that_is_read_is_documented() => Assert.Equal([], Read().Where(key => !Document.Contains($"`{key}`", StringComparison.Ordinal)));

    [Fact]
    public void Every_setting_that_is_documented_is_read()
    {
        var read = Read().ToHashSet();
        Assert.Equal([], Documented().Matches(Document).Select(match => match.Groups[1].Value).Except(ReadElsewhere).Where(key => !read.Contains(key)));
    }

    private static IEnumerable<string> Read() =>
        from folder in new[] { "services", "shared" }
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        from Match match in Reading().Matches(File.ReadAllText(file))
        let key = "MAILMESH__" + match.Groups[1].Value.Replace(":", "__", StringComparison.Ordinal).ToUpperInvariant()
        where !key.StartsWith("MAILMESH__LISTEN__", StringComparison.Ordinal)
        group key by key into keys
        select keys.Key;

    [GeneratedRegex(@"[sS]ettings\.(?:Text|Number|Flag|Time|Uri|Networks|EndPoints?|[A-Z][a-z]+)\(\s*""([A-Za-z0-9:]+)""")]
    private static partial Regex Reading();

    [GeneratedRegex(@"^\| `(MAILMESH__[A-Z0-9_]+)`", RegexOptions.Multiline)]
    private static partial Regex Documented();
}
