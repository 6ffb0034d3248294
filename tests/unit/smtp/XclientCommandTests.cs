using System.Buffers;
using System.Text;
using CsCheck;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Unit.Tests.Smtp;

public sealed class XclientCommandTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("a+2Bb", "a+b")]
    [InlineData("+E7+94+A8", "用")]
    [InlineData("alice+40ours.example", "alice@ours.example")]
    [InlineData("+2b", "+")]
    [InlineData("+", null)]
    [InlineData("+2", null)]
    [InlineData("+2G", null)]
    [InlineData("+ 2", null)]
    [InlineData("+0D+0A", null)] // no line may be made of it
    [InlineData("+00", null)]
    [InlineData("+FF", null)]
    public void Xtext_is_decoded(string xtext, string? text)
    {
        Assert.Equal(text is not null, XclientText.TryDecode(xtext, out var decoded));
        Assert.Equal(text ?? decoded, decoded);
    }

    [Fact]
    public void Whatever_is_encoded_comes_back() => Gen.String[Gen.Char[' ', '\uD7FF'].Where(c => !char.IsControl(c)), 0, 40].Sample(text =>
        XclientText.TryDecode(string.Concat(Encoding.UTF8.GetBytes(text).Select(octet => $"+{octet:X2}")), out var decoded) && decoded == text);

    [Fact]
    public void No_text_breaks_it() => Gen.String[Gen.Char, 0, 40].Sample(text => { XclientText.TryDecode(text, out _); });

    [Fact]
    public void All_attributes_are_read()
    {
        var command = Parse("XCLIENT NAME=Mail.Client.Example. ADDR=IPV6:2001:db8::7 PORT=4711 PROTO=esmtp HELO=[192.0.2.1] LOGIN=alice+40ours.example DESTADDR=198.51.100.1 DESTPORT=25")!;
        Assert.Equal("mail.client.example", command.Name?.Text);
        Assert.Equal("2001:db8::7", command.Address?.ToString());
        Assert.Equal(4711, command.Port);
        Assert.True(command.IsExtended);
        Assert.Equal("[192.0.2.1]", command.Helo);
        Assert.Equal("alice@ours.example", command.Login);
        Assert.Equal("198.51.100.1", command.LocalAddress?.ToString());
        Assert.Equal(25, command.LocalPort);
    }

    [Theory]
    [InlineData("[UNAVAILABLE]", false)]
    [InlineData("[TEMPUNAVAIL]", true)]
    [InlineData("[tempunavail]", true)]
    public void What_is_unavailable_is_told_apart_from_what_is_not_said(string value, bool isTemporary)
    {
        var command = Parse($"XCLIENT NAME={value} ADDR={value} PORT={value} PROTO={value} HELO={value} LOGIN={value}")!;
        Assert.Equal((null, isTemporary), (command.Name!.Text, command.Name.IsTemporary));
        Assert.Equal(("", ""), (command.Helo, command.Login));
        Assert.Null(command.Address);
        Assert.Null(Parse("XCLIENT PORT=1")!.Helo);
    }

    [Theory]
    [InlineData("ADDR=IPV6:::ffff:192.0.2.7", "192.0.2.7")]
    [InlineData("ADDR=ipv6:2001:db8::7", "2001:db8::7")]
    [InlineData("ADDR=192.0.2.7", "192.0.2.7")]
    [InlineData("ADDR=7", null)]
    [InlineData("ADDR=192.0.2.300", null)]
    [InlineData("ADDR=2001:db8::7", "2001:db8::7")]
    [InlineData("ADDR=2001:db8::7%eth0", null)]
    [InlineData("ADDR=IPV6:192.0.2.7", null)]
    [InlineData("ADDR=IPV6:fe80::1%eth0", null)]
    [InlineData("ADDR=IPV6:[::1]:25", null)]
    public void An_address_is_read_as_Postfix_reads_it(string attribute, string? address) =>
        Assert.Equal(address, Parse($"XCLIENT {attribute}")?.Address?.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("ADDR")]
    [InlineData("IDENT=1")]
    [InlineData("ADDR=192.0.2.7 ADDR=192.0.2.8")]
    [InlineData("PORT=65536")]
    [InlineData("PORT=-1")]
    [InlineData("PROTO=LMTP")]
    [InlineData("NAME=.")]
    [InlineData("NAME=a+20b")]
    [InlineData("NAME=a+0D+0AX:")]
    [InlineData("HELO=a+20b")]
    [InlineData("HELO=+")]
    public void What_is_no_attribute_is_refused(string attributes) => Assert.Null(Parse($"XCLIENT {attributes}"));

    [Fact]
    public void A_line_may_be_as_long_as_with_Postfix()
    {
        var name = string.Join('.', Enumerable.Repeat(new string('a', 50), 5));
        Assert.NotNull(Parse($"XCLIENT NAME={name} HELO={name} LOGIN={new string('b', 200)}"));
        Assert.Null(Parse($"XCLIENT LOGIN={new string('b', 2048)}"));
    }

    private static XclientCommand? Parse(string line) =>
        SmtpParser.Parse(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(line))).Command as XclientCommand;
}
