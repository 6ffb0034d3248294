using System.Text;
using MailMesh.Access.Imap;

namespace MailMesh.Unit.Tests.Imap;

public sealed class ImapScannerTests
{
    [Theory]
    [InlineData("\"\"", "")]
    [InlineData("\"a b\"", "a b")]
    [InlineData("\"a \\\"quoted\\\" and \\\\ back\"", "a \"quoted\" and \\ back")]
    [InlineData("atom]", "atom]")]
    [InlineData("{3}\r\na\"b", "a\"b")]
    [InlineData("{0+}\r\n", "")]
    [InlineData("{5}\r\nh\u00e9ll", "h\u00e9ll")]
    public void Astring_takes_each_form(string wire, string value)
    {
        var scanner = new ImapScanner(Encoding.UTF8.GetBytes(wire));
        Assert.Equal(value, scanner.Astring());
        Assert.True(scanner.AtEnd);
        Assert.False(scanner.Failed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\"open")]
    [InlineData("\"bad \\x escape\"")]
    [InlineData("\"ends \\")]
    [InlineData("\"line\r\nbreak\"")]
    [InlineData("{4}\r\nabc")]
    [InlineData("{x}\r\nabc")]
    [InlineData("{99999999999999999999999}\r\nabc")]
    [InlineData("(")]
    public void Astring_refuses_what_is_none(string wire)
    {
        var scanner = new ImapScanner(Encoding.UTF8.GetBytes(wire));
        _ = scanner.Astring();
        Assert.True(scanner.Failed);
    }

    [Fact]
    public void The_first_error_sticks_and_later_reads_give_defaults()
    {
        var scanner = new ImapScanner("abc 12"u8);
        _ = scanner.Number();
        Assert.Equal("Number expected", scanner.Error);
        Assert.Equal("", scanner.AtomText());
        Assert.Equal("Number expected", scanner.Error);
    }

    [Theory]
    [InlineData("4294967295", true)]
    [InlineData("4294967296", false)]
    [InlineData("-1", false)]
    [InlineData("0", true)]
    public void Number_is_of_32_bits(string wire, bool valid)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(wire));
        _ = scanner.Number();
        Assert.Equal(valid, !scanner.Failed);
    }

    [Theory]
    [InlineData("9223372036854775807", true)]
    [InlineData("9223372036854775808", false)]
    [InlineData("-1", false)]
    [InlineData("+1", false)]
    [InlineData("0", true)]
    public void Number64_is_of_63_bits(string wire, bool valid)
    {
        var scanner = new ImapScanner(Encoding.ASCII.GetBytes(wire));
        _ = scanner.Number64();
        Assert.Equal(valid, !scanner.Failed);
    }
}
