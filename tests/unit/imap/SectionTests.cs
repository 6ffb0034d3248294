using System.Text;
using MailMesh.Access.Imap;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Imap;

public sealed class SectionTests
{
    /// <summary>RFC 3501 §6.4.5's example of part numbers, shortened.</summary>
    private const string Message =
        """
        Subject: outer
        Content-Type: multipart/mixed; boundary=o

        --o
        Content-Type: text/plain

        one
        --o
        Content-Type: message/rfc822

        Subject: inner
        Content-Type: multipart/alternative; boundary=i

        --i

        two-one
        --i
        Content-Type: text/html

        two-two
        --i--
        --o
        Content-Type: message/rfc822

        Subject: plain

        three
        --o--

        """;

    [Theory]
    [InlineData("1", "one")]
    [InlineData("1.MIME", "Content-Type: text/plain\r\n\r\n")]
    [InlineData("2.1", "two-one")]
    [InlineData("2.2", "two-two")]
    [InlineData("2.2.MIME", "Content-Type: text/html\r\n\r\n")]
    [InlineData("2.HEADER", "Subject: inner\r\nContent-Type: multipart/alternative; boundary=i\r\n\r\n")]
    [InlineData("3.TEXT", "three")]
    [InlineData("3.1", "three")]
    [InlineData("HEADER", "Subject: outer\r\nContent-Type: multipart/mixed; boundary=o\r\n\r\n")]
    [InlineData("4", null)]
    [InlineData("1.1", null)]
    [InlineData("1.HEADER", null)]
    [InlineData("2.3", null)]
    [InlineData("3.2", null)]
    [InlineData("2147483647.1", null)]
    public void A_section_is_where_the_message_has_it(string section, string? octets)
    {
        var message = Encoding.ASCII.GetBytes(Message.ReplaceLineEndings("\r\n"));
        var root = MessageIndex.Read(new MemoryStream(message)).Root;
        var range = SectionRange.Of(Parse(section + "]")!, root);
        Assert.Equal(octets, range is { } found ? Encoding.ASCII.GetString(message[(int)found.Start..(int)found.End]) : null);
    }

    [Theory]
    [InlineData("]", "")]
    [InlineData("1.2.3]", "1.2.3")]
    [InlineData("1.mime]", "1.MIME")]
    [InlineData("header.fields (From \"To\")]", "HEADER.FIELDS (From To)")]
    [InlineData("1.HEADER.FIELDS.NOT (X-A)]", "1.HEADER.FIELDS.NOT (X-A)")]
    [InlineData("TEXT]", "TEXT")]
    [InlineData("HEADER.FIELDS (\"a b\")]", "HEADER.FIELDS (\"a b\")")]
    public void The_reply_names_the_section(string text, string name) => Assert.Equal(name, Parse(text)?.ToString());

    [Theory]
    [InlineData("MIME]")]
    [InlineData("0]")]
    [InlineData("1.]")]
    [InlineData("1.HEADER.FIELDS]")]
    [InlineData("HEADER.FIELDS ()]")]
    [InlineData("HEADERS]")]
    [InlineData("1")]
    public void What_is_no_section_is_refused(string text) => Assert.Null(Parse(text));

    [Theory]
    [InlineData(0u, 5u, 10, 15)]
    [InlineData(3u, 100u, 13, 20)]
    [InlineData(10u, 1u, 20, 20)]
    [InlineData(4294967295u, 4294967295u, 20, 20)]
    public void A_part_of_a_section_ends_with_it(uint start, uint count, long from, long to) =>
        Assert.Equal(new SectionRange(from, to), new SectionRange(10, 20).Part(start, count));

    private static BodySection? Parse(string text)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(text));
        var section = BodySection.Parse(ref scanner);
        scanner.ExpectEnd();
        return scanner.Failed ? null : section;
    }
}
