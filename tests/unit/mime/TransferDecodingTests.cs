using System.Text;
using CsCheck;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Mime;

/// <summary>RFC 2045 §6: content without its transfer encoding.</summary>
public sealed class TransferDecodingTests
{
    [Theory]
    [InlineData("a=3Db", "a=b")]
    [InlineData("soft=\r\nbreak", "softbreak")]
    [InlineData("soft= \t\r\nbreak=\nagain", "softbreakagain")]
    [InlineData("blanks \t \r\nat ends  ", "blanks\r\nat ends")]
    [InlineData("kept =\r\n here =20\r\n", "kept  here  \r\n")]
    [InlineData("no =ZZ =4 code=", "no =ZZ =4 code")]
    [InlineData("=e2=82=ac=E2", "\u20AC\uFFFD")]
    [InlineData("== =\r x= \r", "== =\r x")]
    public async Task Quoted_printable_however_it_is_cut(string encoded, string decoded)
    {
        for (var piece = 1; piece <= encoded.Length; piece++)
            Assert.Equal(decoded, Encoding.UTF8.GetString(await DecodeAsync(Encoding.UTF8.GetBytes(encoded), "QUOTED-PRINTABLE", piece)));
    }

    [Fact]
    public void What_was_encoded_comes_back() => Gen.Byte.Where(octet => octet is not (byte)'\r' and not (byte)'\n').Array[0, 3000].Sample(octets =>
    {
        var encoder = new MimeKit.Encodings.QuotedPrintableEncoder();
        var output = new byte[encoder.EstimateOutputLength(octets.Length) + 10];
        var length = encoder.Flush(octets, 0, octets.Length, output);
        Assert.Equal(octets, DecodeAsync(output[..length], "QUOTED-PRINTABLE", 100).GetAwaiter().GetResult());
        Assert.Equal(octets, DecodeAsync(Encoding.ASCII.GetBytes(Convert.ToBase64String(octets)), "BASE64", 100).GetAwaiter().GetResult());
    });

    [Fact]
    public async Task Blanks_without_end_take_no_memory()
    {
        var blanks = Encoding.ASCII.GetBytes(new string(' ', 100_000) + "x");
        Assert.Equal(blanks, await DecodeAsync(blanks, "QUOTED-PRINTABLE", 8192));
    }

    [Theory]
    [InlineData("text", null, "a\nb\r\nc\n\nd\re", "a\r\nb\r\nc\r\n\r\nd\re")]
    [InlineData("text", "utf-8", "\n", "\r\n")]
    [InlineData("text", "UTF-16LE", "a\nb", "a\nb")]
    [InlineData("application", null, "a\nb", "a\nb")]
    public async Task Lines_of_a_text_end_with_CRLF(string type, string? charset, string content, string expected)
    {
        var part = new BodyPart { Type = type.ToUpperInvariant(), Encoding = "BASE64", Parameters = charset is null ? [] : [new("charset", charset)] };
        var encoded = Encoding.ASCII.GetBytes(Convert.ToBase64String(Encoding.ASCII.GetBytes(content)));
        for (var piece = 1; piece <= encoded.Length; piece++)
            Assert.Equal(expected, Encoding.ASCII.GetString(await DecodeAsync(encoded, part, piece)));
    }

    private static Task<byte[]> DecodeAsync(byte[] encoded, string encoding, int piece) =>
        DecodeAsync(encoded, new BodyPart { Type = "APPLICATION", Encoding = encoding }, piece);

    private static async Task<byte[]> DecodeAsync(byte[] encoded, BodyPart part, int piece)
    {
        await using var decoded = TransferDecoding.Decode(new Pieces(encoded, piece), encoded.Length, part);
        using var octets = new MemoryStream();
        await decoded.CopyToAsync(octets);
        return octets.ToArray();
    }

    private sealed class Pieces(byte[] octets, int size) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
