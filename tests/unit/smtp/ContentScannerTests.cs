using System.Text;
using System.Text.RegularExpressions;
using MailMesh.Ingress.Message;

namespace MailMesh.Unit.Tests.Smtp;

/// <summary>What BDAT brings: a dot ends nothing, and everything that could end a message elsewhere is refused.</summary>
public sealed class ContentScannerTests
{
    private const int MaxLine = 20;
    private const int MaxMessage = 60;

    [Fact]
    public void Every_form_of_six_octets_is_lines_or_refused_wherever_it_is_cut()
    {
        foreach (var form in Forms.UpTo(6))
        {
            var isLines = IsLines(Encoding.Latin1.GetString(form));
            for (var cut = 0; cut <= form.Length; cut++)
                Check(isLines, form, Scan(form, cut, binary: false), cut);
        }
    }

    [Fact]
    public void Of_a_binary_message_the_header_alone_must_be_lines()
    {
        foreach (var form in Forms.UpTo(6))
        {
            var text = Encoding.Latin1.GetString(form);
            var end = text.StartsWith("\r\n", StringComparison.Ordinal) ? 2 : text.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4;
            var isLines = IsLines(end < 4 && end != 2 ? text : text[..end]);
            for (var cut = 0; cut <= form.Length; cut++)
                Check(isLines, form, Scan(form, cut, binary: true), cut);
        }
    }

    [Theory]
    [InlineData("123456789012345678\r\n", DataViolation.None)]
    [InlineData("1234567890123456789\r\n", DataViolation.LineTooLong)]
    [InlineData("123456789012345678", DataViolation.None)]
    [InlineData("1234567890123456789", DataViolation.LineTooLong)]
    [InlineData("12345678901234\r\n12345678901234\r\n12345678901234\r\n123456789012", DataViolation.None)]
    [InlineData("12345678901234\r\n12345678901234\r\n12345678901234\r\n1234567890123", DataViolation.TooLarge)]
    internal void Lines_and_message_have_their_limits(string text, DataViolation violation) =>
        Assert.Equal(violation, Scan(Encoding.Latin1.GetBytes(text), 7, binary: false).Violation);

    [Theory]
    [InlineData("", true)]
    [InlineData("x\r\n", true)]
    [InlineData("x", false)]
    [InlineData("\r\nx", false)]
    public void Knows_whether_the_last_line_has_its_end(string text, bool ends) =>
        Assert.Equal(ends, Scan(Encoding.Latin1.GetBytes(text), 1, binary: false).EndsLine);

    private static void Check(bool isLines, byte[] form, ContentScanner scanner, int cut)
    {
        Assert.True(isLines == (scanner.Violation == DataViolation.None), $"{Convert.ToHexString(form)} cut at {cut}: {scanner.Violation}");
        Assert.Equal(form.Length, scanner.Scanned);
    }

    private static bool IsLines(string text) => !Regex.IsMatch(text, "\0|\r(?!\n)|(?<!\r)\n", RegexOptions.CultureInvariant);

    private static ContentScanner Scan(byte[] octets, int cut, bool binary)
    {
        var scanner = new ContentScanner(MaxLine, MaxMessage, binary);
        scanner.Scan(octets.AsSpan(0, Math.Min(cut, octets.Length)));
        scanner.Scan(octets.AsSpan(Math.Min(cut, octets.Length)));
        scanner.Finish();
        return scanner;
    }
}
