using CsCheck;
using MailMesh.Dsn;

namespace MailMesh.Unit.Tests;

/// <summary>RFC 3461 §4 and RFC 6533 §3: what is written is read again.</summary>
public sealed class AddressFormsTests
{
    [Fact]
    public void Xtext_of_printable_ASCII_is_read_as_it_was_written() => Gen.Char[' ', '~'].Array[1, 40].Select(c => new string(c)).Sample(text =>
    {
        var encoded = Xtext.Encode(text);
        Assert.DoesNotContain(encoded, c => c is <= ' ' or '=' or > '~');
        Assert.True(Xtext.TryDecode(encoded, out var read));
        Assert.Equal(text, read);
    });

    [Fact]
    public void Any_text_is_read_as_xtext_or_refused() => Gen.String.Sample(text => Assert.Equal(Xtext.TryDecode(text, out var read), read is { Length: > 0 } && read.All(c => c is >= ' ' and <= '~')));

    [Theory]
    [InlineData("bob+x@dom.example", "rfc822; bob+x@dom.example", "rfc822;bob+2Bx@dom.example")]
    [InlineData("b\u00f3b+x@dom.example", "utf-8; b\\x{F3}b\\x{2B}x@dom.example", "utf-8;b\\x{F3}b\\x{2B}x@dom.example")]
    public void An_address_is_read_as_it_was_written_and_has_the_form_of_a_report(string address, string field, string parameter)
    {
        Assert.Equal((field, parameter), (OriginalRecipient.FieldOf(address), OriginalRecipient.ParameterOf(address)));
        Assert.True(OriginalRecipient.TryParse(parameter, out var read));
        Assert.Equal((address, field), (read.Address, read.ToString()));
    }

    [Theory]
    [InlineData(null, false, true, true)]
    [InlineData("NEVER", false, false, false)]
    [InlineData("SUCCESS", true, false, false)]
    [InlineData("FAILURE,DELAY", false, true, true)]
    [InlineData("rubbish", false, true, true)]
    public void Without_NOTIFY_failures_and_delays_are_told(string? notify, bool success, bool failure, bool delay) =>
        Assert.Equal(new NotifyConditions(success, failure, delay), NotifyConditions.Of(notify));
}
