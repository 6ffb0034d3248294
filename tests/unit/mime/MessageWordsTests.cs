using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public sealed class MessageWordsTests
{
    private const string Message = """
        Received: from trace
        Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=
        From: Alice <alice@example.test>
        X-Odd: unseen
        Content-Type: multipart/mixed; boundary=b

        preamble
        --b
        Content-Type: text/html; charset=utf-8
        Content-Transfer-Encoding: quoted-printable

        <style>p { color: red }</style><p>Bud<b>get</b> &amp; caf=C3=A9</p>
        --b
        Content-Type: text/csv; name=list.csv
        Content-Disposition: attachment; filename="figures.csv"
        Content-Transfer-Encoding: base64

        b25lLHR3bw==
        --b
        Content-Type: application/octet-stream

        binary
        --b
        Content-Type: message/rfc822

        Subject: inner

        inside
        --b--
        """;

    [Fact]
    public void Reads_what_people_read()
    {
        var (header, body) = Words(Encoding.UTF8.GetBytes(Message.ReplaceLineEndings("\r\n")));
        Assert.Equal(["Grüße", "Alice", "<alice@example.test>", "inner"], header);
        Assert.Equal(["Budget", "&", "café", "figures.csv", "one,two", "inside"], body);
    }

    [Fact]
    public void Reads_no_more_than_its_limit()
    {
        byte[] message = [.. "Content-Type: text/plain\r\n\r\n"u8, .. Enumerable.Repeat((byte)'x', 8 * 1024 * 1024)];
        var read = 0L;
        MessageWords.Read(new MemoryStream(message), MessageIndex.Read(new MemoryStream(message)).Root, (_, text) =>
        {
            read += text.Length;
            return true;
        });
        Assert.InRange(read, MessageWords.MaxCharacters, MessageWords.MaxCharacters + 64 * 1024);
    }

    [Fact]
    public void Stops_when_it_is_told()
    {
        var message = Encoding.UTF8.GetBytes(Message.ReplaceLineEndings("\r\n"));
        var calls = 0;
        MessageWords.Read(new MemoryStream(message), MessageIndex.Read(new MemoryStream(message)).Root, (_, _) => ++calls < 2);
        Assert.Equal(2, calls);
    }

    private static (string[] Header, string[] Body) Words(byte[] message)
    {
        var (header, body) = (new StringBuilder(), new StringBuilder());
        MessageWords.Read(new MemoryStream(message), MessageIndex.Read(new MemoryStream(message)).Root, (place, text) =>
        {
            (place == TextPlace.Header ? header : body).Append(text);
            return true;
        });
        return (Split(header), Split(body));
    }

    private static string[] Split(StringBuilder text) => text.ToString().Split([' ', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
