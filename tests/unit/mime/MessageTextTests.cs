using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

public class MessageTextTests
{
    static MessageTextTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Theory]
    [InlineData("=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語")]
    [InlineData("=?utf-8?B?5pel5pys?= =?utf-8?B?6Kqe?=", "日本語")]
    [InlineData("=?Shift_JIS?B?k/qWe4zq?=", "日本語")]
    [InlineData("=?EUC-JP?Q?=C6=FC=CB=DC=B8=EC?= x", "日本語 x")]
    [InlineData("=?iso-8859-1?Q?caf=E9_au_lait?=", "café au lait")]
    [InlineData("plain", "plain")]
    [InlineData("\e$BF|K\\8l\e(B raw", "日本語 raw")]
    public void Header_values_decode(string raw, string text) => Assert.Equal(text, MessageText.Decode(raw));

    [Theory]
    [InlineData("=?unknown-8bit?Q?x=FF?=")]
    [InlineData("=?utf-8?B?####?=")]
    [InlineData("=?utf-8?Q?=?=")]
    [InlineData("=?=?=?")]
    [InlineData("=?ISO-2022-JP?B?GyRC?=")]
    [InlineData("\udc83\udc65")]
    public void Broken_header_values_give_some_text(string raw) => Assert.NotNull(MessageText.Decode(raw));

    [Theory]
    [InlineData("Subject", "日本", true)]
    [InlineData("SUBJECT", "", true)]
    [InlineData("X-None", "", false)]
    [InlineData("X-Folded", "one two", true)]
    [InlineData("X-Folded", "ÄRGER", true)]
    [InlineData("X-Body", "x", false)]
    public void Header_field_contains(string field, string value, bool expected)
    {
        var message = Encoding.UTF8.GetBytes("Subject: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=\r\nX-Folded: one\r\n two ärger\r\n\r\nX-Body: x\r\n");
        Assert.Equal(expected, MessageText.HeaderContains(new MemoryStream(message), field, value));
    }

    [Theory]
    [InlineData("iso-2022-jp", "7bit")]
    [InlineData("shift_jis", "8bit")]
    [InlineData("euc-jp", "8bit")]
    [InlineData("utf-8", "base64")]
    [InlineData("windows-31j", "base64")]
    [InlineData("iso-2022-jp", "base64")]
    [InlineData("utf-16", "base64")]
    public void Japanese_body_is_found_in_its_charset_and_encoding(string charset, string transfer)
    {
        var encoding = charset == "windows-31j" ? Encoding.GetEncoding(932) : Encoding.GetEncoding(charset);
        var text = string.Concat(Enumerable.Repeat("あいうえお\r\n", 3000)) + "会議の議事録\r\n" + string.Concat(Enumerable.Repeat("かきくけこ\r\n", 500));
        var body = encoding.GetBytes(text);
        if (transfer == "base64")
            body = Encoding.ASCII.GetBytes(Convert.ToBase64String(body, Base64FormattingOptions.InsertLineBreaks));
        byte[] message = [.. Encoding.ASCII.GetBytes($"Content-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {transfer}\r\n\r\n"), .. body];
        Assert.True(BodyContains(message, "議事録"));
        Assert.True(BodyContains(message, "お\r\n会議"));
        Assert.False(BodyContains(message, "議事録会"));
    }

    [Fact]
    public void Text_is_found_where_pieces_of_the_body_meet()
    {
        for (var before = 16 * 1024 - 8; before <= 16 * 1024 + 2; before++)
        {
            var message = Encoding.UTF8.GetBytes("Content-Type: text/plain; charset=utf-8\r\n\r\n" + new string('x', before) + "Grüße" + new string('y', 20_000));
            Assert.True(BodyContains(message, "GRÜSSE".Replace("SS", "ß", StringComparison.Ordinal)), $"{before} octets before");
        }
    }

    [Theory]
    [InlineData("cafe\u0301 ol\u00E9", "CAF\u00C9 OLE\u0301")]
    [InlineData("ｶﾞｲﾄﾞ ＡＢＣ", "ガイド abc")]
    [InlineData("ДОБРЫЙ", "добрый")]
    public void Ways_of_writing_the_same_characters_are_one(string text, string value)
    {
        var message = Encoding.UTF8.GetBytes($"Subject: {text}\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nso: {text}.");
        Assert.True(BodyContains(message, value));
        Assert.True(TextContains(message, $"subject: {value}"));
        Assert.True(MessageText.HeaderContains(new MemoryStream(message), "subject", value));
        Assert.True(MessageText.SubjectContains(text, value));
        Assert.False(MessageText.SubjectContains(text, value + "x"));
    }

    [Fact]
    public void Old_Japanese_mail_says_its_charset_by_escape_sequences()
    {
        byte[] message = [.. "Subject: x\r\n\r\n"u8, .. Encoding.GetEncoding("iso-2022-jp").GetBytes("こんにちは")];
        Assert.True(BodyContains(message, "にちは"));
    }

    [Fact]
    public void Quoted_printable_is_decoded()
    {
        var message = MimeText.Octets("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=\n=C3=9Fe\n");
        Assert.True(BodyContains(message, "grüße"));
    }

    [Fact]
    public void Body_is_text_parts_and_inner_messages_but_no_header_of_its_own_and_no_attachment()
    {
        var message = MimeText.Octets("""
            Subject: outer
            Content-Type: multipart/mixed; boundary=b

            preamble
            --b
            Content-Type: application/octet-stream

            attachment
            --b
            Content-Type: message/rfc822

            Subject: =?utf-8?Q?inn=C3=A9r?=

            inside
            --b--
            """);
        Assert.True(BodyContains(message, "inside"));
        Assert.True(BodyContains(message, "INNÉR"));
        Assert.False(BodyContains(message, "outer"));
        Assert.False(BodyContains(message, "attachment"));
        Assert.False(BodyContains(message, "preamble"));
        Assert.True(TextContains(message, "subject: OUTER"));
        Assert.True(TextContains(message, "inside"));
        Assert.False(TextContains(message, "nowhere"));
    }

    /// <summary>RFC 9051 §6.4.4: TEXT looks into MIME header fields too. What is encoded there is found as people read it.</summary>
    [Theory]
    [InlineData("angebot für märz.pdf", true)]
    [InlineData("bericht.pdf", true)]
    [InlineData("filename=bericht.pdf", true)]
    [InlineData("content-type: application/pdf; name=\"Angebot für März.pdf\"", true)]
    [InlineData("attachment", true)]
    [InlineData("content-transfer-encoding: base64", true)]
    [InlineData("Größe 3", true)]
    [InlineData("inner.txt", true)]
    [InlineData("text/plain", false)] // of parts that do not say
    [InlineData("us-ascii", false)]
    [InlineData("second text", true)]
    [InlineData("mixed", false)] // the message's own header is not its parts'
    [InlineData("preamble", false)]
    public void Fields_of_parts_contain(string value, bool expected)
    {
        var root = MimeText.Read("""
            Subject: outer
            Content-Type: multipart/mixed; boundary=b

            preamble
            --b

            text
            --b
            Content-Description: second text

            text
            --b
            Content-Type: application/pdf; name*=utf-8''Angebot%20f%C3%BCr%20M%C3%A4rz.pdf
            Content-Disposition: attachment; filename*0=bericht; filename*1=.pdf
            Content-Transfer-Encoding: base64
            Content-Description: =?iso-8859-1?Q?Gr=F6=DFe?= 3

            AAAA
            --b
            Content-Type: message/rfc822

            Content-Type: application/octet-stream; name=inner.txt

            x
            --b--
            """).Root;
        Assert.Equal(expected, MessageText.PartFieldsContain(root, value));
    }

    [Theory]
    [InlineData("x-unknown")]
    [InlineData("utf-7")]
    [InlineData("\"\"")]
    [InlineData("=?utf-8?Q?x?=")]
    [InlineData("99999")]
    public void Unknown_charset_still_finds_ASCII(string charset) =>
        Assert.True(BodyContains(MimeText.Octets($"Content-Type: text/plain; charset={charset}\n\nsome \xFF\xFE text\n"), "TEXT"));

    [Fact]
    public void Addresses_contain_decoded_names_and_addresses()
    {
        var to = MimeText.Read("To: =?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?= <tanaka@example.jp>, Team: x@y.test;\n\n").Envelope.To;
        Assert.True(MessageText.AddressesContain(to, "本語"));
        Assert.True(MessageText.AddressesContain(to, "TANAKA@EXAMPLE"));
        Assert.True(MessageText.AddressesContain(to, "team"));
        Assert.False(MessageText.AddressesContain(to, "suzuki"));
    }

    [Theory]
    [InlineData("Wed, 17 Jul 1996 02:23:25 -0700 (PDT)", "1996-07-17T02:23:25-07:00")]
    [InlineData("17 Jul 96 02:23 GMT", "1996-07-17T02:23:00+00:00")]
    [InlineData("not a date", null)]
    [InlineData(null, null)]
    public void Date_of_an_envelope(string? field, string? expected) =>
        Assert.Equal(expected is null ? null : DateTimeOffset.Parse(expected), MessageText.Date(new MessageEnvelope { Date = field }));

    private static bool BodyContains(byte[] message, string value)
    {
        var root = MessageIndex.Read(new MemoryStream(message)).Root;
        var found = MessageText.BodyContains(new MemoryStream(message), root, value);
        Assert.Equal(found, MessageText.BodyContains(new ForwardOnlyStream(message), root, value));
        return found;
    }

    private static bool TextContains(byte[] message, string value) =>
        MessageText.TextContains(new MemoryStream(message), MessageIndex.Read(new MemoryStream(message)).Root, value);
}
