using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>Real and malformed mail beside the checkout; a few messages of our own where it is absent.</summary>
public class CorpusTests
{
    private static readonly string[] Own =
    [
        "Subject: x\n\nbody",
        "From: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nSubject: y\n\n--b\n--b--",
        "Content-Type: text/plain; charset=\"x\ny\"\nTo: =?utf-8?Q?\xFF?= <\"@\">\n\n=?x",
        "\n\n\n",
        "no header",
    ];

    [Fact]
    public void Real_mail_is_indexed_whole() => Assert.All(Files(), file => Check(WithCrLf(File.ReadAllBytes(file))));

    /// <summary>The corpus, or what we have of our own, with CRLF.</summary>
    internal static List<byte[]> Messages() =>
        Files() is { Length: > 0 } files ? [.. files.Order().Select(file => WithCrLf(File.ReadAllBytes(file)))] : [.. Own.Select(text => WithCrLf(Encoding.Latin1.GetBytes(text)))];

    [Fact]
    public void Malformed_messages_of_our_own_are_indexed_whole()
    {
        foreach (var text in Own)
            Check(WithCrLf(Encoding.Latin1.GetBytes(text)));
    }

    /// <summary>Parts nest, the cache gives them back, and each header is what a plain search for the empty line finds.</summary>
    private static void Check(byte[] octets)
    {
        var index = MessageIndex.Read(new MemoryStream(octets));
        GeneratedMessageTests.AssertNested(index.Root, 0, octets.Length);
        Assert.Equal(octets.Length, index.Root.EndOffset);
        var empty = octets.AsSpan().StartsWith("\r\n"u8) ? 2 : octets.AsSpan().IndexOf("\r\n\r\n"u8) + 4;
        Assert.Equal(empty < 4 && !octets.AsSpan().StartsWith("\r\n"u8) ? octets.Length : empty, index.Root.BodyOffset);
        Assert.Equal(index.EncodeStructure(), (index with { Root = MessageIndex.DecodeStructure(index.EncodeStructure()) }).EncodeStructure());
        var again = MessageIndex.Read(new ForwardOnlyStream(octets));
        Assert.Equal(index.EncodeStructure(), again.EncodeStructure());
        Assert.Equal(index.EncodeEnvelope(), again.EncodeEnvelope());
        Assert.False(MessageText.TextContains(new MemoryStream(octets), index.Root, "nobody wrote this text"));
    }

    private static string[] Files()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var corpus = Path.Combine(folder.FullName, "..", "shared", "data", "messages");
            if (File.Exists(Path.Combine(folder.FullName, "MailMesh.sln")) && Directory.Exists(corpus))
                return Directory.GetFiles(corpus, "*", SearchOption.AllDirectories);
        }
        return [];
    }

    private static byte[] WithCrLf(byte[] octets) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(octets).Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));
}
