using System.Text;
using CsCheck;
using MailMesh.Mime;
using MimeKit;
using MimeKit.Encodings;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>RFC 3030 §3: what came as BINARYMIME goes on as lines that everybody takes.</summary>
public sealed class SevenBitConversionTests
{
    [Fact]
    public async Task A_binary_part_is_encoded_and_decodes_to_its_octets()
    {
        byte[] image = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 7 + i / 256))];
        byte[] message =
        [
            .. Latin1("Received: from x\r\nSubject: binary\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: BINARY\r\n\r\npreamble\r\n--b\r\n"),
            .. Latin1("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: binary\r\nX-Kept: yes\r\n\r\n"), .. Encoding.UTF8.GetBytes("Grüße = 1\r\n.\r\nend "),
            .. Latin1("\r\n--b\r\nContent-Transfer-Encoding:\r\n binary\r\nContent-Type: image/png;\r\n\tname=\"a.png\"\r\n\r\n"), .. image,
            .. Latin1("\r\n--b--\r\nepilogue"),
        ];
        var converted = (await ConvertAsync(message))!;
        AssertSafe(converted);
        Assert.DoesNotContain(converted, octet => octet >= 0x80);
        var parsed = await MimeMessage.LoadAsync(new MemoryStream(converted));
        Assert.Equal("binary", parsed.Subject);
        var parts = Assert.IsType<Multipart>(parsed.Body);
        Assert.Equal(("preamble\n", "epilogue\n"), (parts.Preamble!.ReplaceLineEndings("\n"), parts.Epilogue!.ReplaceLineEndings("\n")));
        var text = Assert.IsType<TextPart>(parts[0]);
        Assert.Equal("Grüße = 1\r\n.\r\nend ", Encoding.UTF8.GetString(Decoded(text)));
        Assert.Equal((ContentEncoding.QuotedPrintable, "yes"), (text.ContentTransferEncoding, text.Headers["X-Kept"]));
        var picture = Assert.IsType<MimePart>(parts[1]);
        Assert.Equal((ContentEncoding.Base64, "a.png", "image/png"), (picture.ContentTransferEncoding, picture.FileName, picture.ContentType.MimeType));
        Assert.Equal(image, Decoded(picture));
    }

    [Theory]
    [InlineData("Subject: x\r\n\r\nplain\r\n")]
    [InlineData("Subject: x\r\n\r\n")]
    [InlineData("Subject: x\r\n")]
    [InlineData("")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n")]
    [InlineData("Content-Type: multipart/mixed; boundary=b\r\n\r\nno boundary\r\n")]
    public async Task What_is_7bit_stays_as_it_is(string text) => Assert.Equal(text, Latin1((await ConvertAsync(Latin1(text)))!));

    [Fact]
    public async Task What_says_binary_and_is_7bit_says_so() => Assert.Equal(
        "Content-Type: multipart/mixed; boundary=b\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--b\r\nContent-Transfer-Encoding: 7bit\r\n\r\nx\r\n--b--\r\n",
        Latin1((await ConvertAsync(Latin1(
            "Content-Type: multipart/mixed; boundary=b\r\nContent-Transfer-Encoding: binary\r\n\r\n--b\r\nContent-Transfer-Encoding: binary\r\n\r\nx\r\n--b--\r\n")))!));

    [Theory]
    [InlineData("Subject: x\r\n\r\n\0\n.\n", "AAouCg==")]
    [InlineData("Subject: x\r\n\r\na\rb", "YQ1i")]
    [InlineData("Subject: x\r\nContent-Type: garbage\r\n\r\nend\r", "ZW5kDQ==")]
    public async Task A_message_that_is_no_MIME_becomes_some(string text, string encoded)
    {
        var converted = (await ConvertAsync(Latin1(text)))!;
        AssertSafe(converted);
        Assert.EndsWith($"MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n{encoded}\r\n", Latin1(converted), StringComparison.Ordinal);
        Assert.Equal(Latin1(text[(text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]), Decoded((MimePart)(await MimeMessage.LoadAsync(new MemoryStream(converted))).Body!));
    }

    [Fact]
    public async Task A_message_within_is_converted_from_within()
    {
        var converted = Latin1((await ConvertAsync(Latin1(
            "Content-Type: message/rfc822\r\nContent-Transfer-Encoding: binary\r\n\r\nSubject: in\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n\0\n")))!);
        Assert.Equal(
            "Content-Type: message/rfc822\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n\r\nSubject: in\r\nContent-Type: image/png\r\nMIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\nAAo=\r\n",
            converted);
    }

    /// <summary>RFC 2045 §6.4: neither may be encoded, and such a one is no more than octets.</summary>
    [Theory]
    [InlineData("multipart/mixed; boundary=b")]
    [InlineData("message/partial")]
    [InlineData("\r\n Multipart/related")]
    public async Task A_part_that_cannot_be_encoded_as_what_it_says_becomes_octets(string type)
    {
        var converted = Latin1((await ConvertAsync(Latin1($"MIME-Version: 1.0\r\nContent-Type: {type}\r\nX: y\r\n\r\n\0")))!);
        Assert.Equal("MIME-Version: 1.0\r\nX: y\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\nAA==\r\n", converted);
    }

    [Theory]
    [InlineData("\0")]
    [InlineData("\n")]
    [InlineData("\r")]
    [InlineData("--b\0\r\n")]
    [InlineData("a\r\n--b \r--b\r\n")]
    public async Task Lines_that_are_none_outside_of_content_are_not_mended(string preamble)
    {
        Assert.Null(await ConvertAsync(Latin1($"Content-Type: multipart/mixed; boundary=b\r\n\r\n{preamble}\r\n--b\r\n\r\nx\r\n--b--\r\n")));
        Assert.Null(await ConvertAsync(Latin1($"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX: {preamble}\r\n\r\nx\r\n--b--\r\n")));
        Assert.Null(await ConvertAsync(Latin1($"Content-Transfer-Encoding: base64\r\n\r\nAAAA\r\n{preamble}\r\n")));
    }

    [Fact]
    public async Task Too_many_parts_and_a_header_too_long_are_not_converted()
    {
        Assert.Null(await ConvertAsync(Latin1("Content-Type: multipart/mixed; boundary=b\r\n\r\n" + string.Concat(Enumerable.Repeat("--b\r\n\r\n\0\r\n", MessageIndex.MaxParts)) + "--b--\r\n")));
        Assert.Null(await ConvertAsync(Latin1(string.Concat(Enumerable.Repeat("X: y\r\n", 50_000)) + "\r\n\0")));
        Assert.Null(await ConvertAsync(Latin1($"X: {new string('y', 999)}\r\n\r\n\0")));
    }

    [Fact]
    public Task Any_tree_keeps_its_shape_and_its_contents() => GeneratedPart.Gen5.SampleAsync(tree => CheckAsync(Latin1(tree.Text)), iter: 2000);

    [Fact]
    public Task Any_octets_come_out_safe_or_not_at_all() => GeneratedMessageTests.Tokens.SampleAsync(CheckAsync, iter: 5000);

    private static async Task CheckAsync(byte[] message)
    {
        if (await ConvertAsync(message) is not { } converted)
            return;
        AssertSafe(converted);
        Assert.Equal(Leaves(message), Leaves(converted));
        Assert.Equal(converted, await ConvertAsync(converted));
    }

    /// <summary>The decoded content of each part that holds no other; whether the last has a line end is not the message's to say.</summary>
    private static IEnumerable<string> Leaves(byte[] message)
    {
        var contents = Leaves(message, MessageIndex.Read(new MemoryStream(message)).Root).ToList();
        contents[^1] = contents[^1].TrimEnd('\r', '\n');
        return contents;
    }

    private static IEnumerable<string> Leaves(byte[] message, BodyPart part)
    {
        if (part.Parts.Count > 0 && !(part.IsMultipart && part.Parts[0].HeaderOffset == part.BodyOffset))
            return part.Parts.SelectMany(child => Leaves(message, child));
        var content = message[(int)part.BodyOffset..(int)part.EndOffset];
        return [Latin1(part.Encoding switch
        {
            "BASE64" => Decoded(content, new Base64Decoder()),
            "QUOTED-PRINTABLE" => Decoded(content, new QuotedPrintableDecoder()),
            _ => content,
        })];
    }

    private static byte[] Decoded(byte[] content, IMimeDecoder decoder)
    {
        var decoded = new byte[decoder.EstimateOutputLength(content.Length)];
        return decoded[..decoder.Decode(content, 0, content.Length, decoded)];
    }

    private static byte[] Decoded(MimePart part)
    {
        using var content = new MemoryStream();
        part.Content!.DecodeTo(content);
        return content.ToArray();
    }

    private static async Task<byte[]?> ConvertAsync(byte[] message)
    {
        using var output = new MemoryStream();
        return await SevenBitConversion.RunAsync(new MemoryStream(message), output, default) is null ? null : output.ToArray();
    }

    /// <summary>RFC 5321 §2.3.8: what DATA takes.</summary>
    private static void AssertSafe(byte[] message)
    {
        var text = Latin1(message);
        Assert.DoesNotContain('\0', text);
        Assert.DoesNotMatch("\r(?!\n)|(?<!\r)\n", text);
        Assert.True(text.Length == 0 || text.EndsWith("\r\n", StringComparison.Ordinal));
        Assert.All(text.Split("\r\n"), line => Assert.InRange(line.Length, 0, 998));
    }

    private static byte[] Latin1(string text) => Encoding.Latin1.GetBytes(text);

    private static string Latin1(byte[] octets) => Encoding.Latin1.GetString(octets);
}
