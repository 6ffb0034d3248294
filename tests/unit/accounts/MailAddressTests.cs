using MailMesh.Accounts;

namespace MailMesh.Unit.Tests.Accounts;

public class MailAddressTests
{
    [Theory]
    [InlineData("User@Example.COM", "user@example.com")]
    [InlineData("user@example.com.", "user@example.com")]
    [InlineData("\"user\"@example.com", "user@example.com")]
    [InlineData("\"us\\er\"@example.com", "user@example.com")]
    [InlineData("\"us er\"@example.com", "\"us er\"@example.com")]
    [InlineData("user@xn--wgv71a119e.jp", "user@日本語.jp")]
    [InlineData("user@日本語.jp", "user@日本語.jp")]
    [InlineData("ÜSER@BÜCHER.de", "üser@bücher.de")]
    [InlineData("POSTMASTER", "postmaster")]
    public void Compares_in_one_form(string text, string expected)
    {
        Assert.True(MailAddress.TryParse(text, out var address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("user")]
    [InlineData("@example.com")]
    [InlineData("user@")]
    [InlineData("us er@example.com")]
    [InlineData(".user@example.com")]
    [InlineData("us..er@example.com")]
    [InlineData("user@-example.com")]
    [InlineData("user@exam ple.com")]
    [InlineData("user@a..b")]
    [InlineData("user@xn--zzzzzzzzz99999.jp")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345@example.com")]
    [InlineData("\"\"@example.com")]
    [InlineData("a\u0001@example.com")]
    public void Refuses_what_is_no_address(string text) => Assert.False(MailAddress.TryParse(text, out _));

    [Theory]
    [InlineData("user+detail@example.com", "user@example.com")]
    [InlineData("user+de+tail@example.com", "user@example.com")]
    [InlineData("+detail@example.com", null)]
    [InlineData("user@example.com", null)]
    public void Knows_its_detail(string text, string? without)
    {
        Assert.True(MailAddress.TryParse(text, out var address));
        Assert.Equal(without, address.WithoutDetail);
    }
}
