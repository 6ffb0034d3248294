using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Policy;

public sealed class HeloCheckTests
{
    private static readonly PolicyOptions Strict = new() { HeloSyntax = RuleMode.Reject, HeloOurName = RuleMode.Reject, HeloUnresolved = RuleMode.Reject };

    private readonly FakeTimeProvider _clock = new();
    private readonly FixedDnsResolver _dns = new();

    [Theory]
    [InlineData("mail.example")]
    [InlineData("mail.example.")]
    [InlineData("my_host.example")]
    [InlineData("[192.0.2.7]")]
    [InlineData("[IPv6:2001:db8::7]")]
    public void Nothing_is_wrong_with(string helo) => Assert.Null(Check(helo, Strict));

    [Theory]
    [InlineData("192.0.2.7", "syntax", "192.0.2.7 is an address without brackets")]
    [InlineData("2001:db8::7", "syntax", "2001:db8::7 is an address without brackets")]
    [InlineData("localhost", "syntax", "localhost is no full name")]
    [InlineData("DESKTOP-A1B2C3", "syntax", "DESKTOP-A1B2C3 is no full name")]
    [InlineData("a..example", "syntax", "a..example is no name of the DNS")]
    [InlineData("-a.example", "syntax", "-a.example is no name of the DNS")]
    [InlineData("MX.ours.example", "ours", "MX.ours.example is ourselves")]
    [InlineData("mx.ours.example.", "ours", "mx.ours.example. is ourselves")]
    [InlineData("[192.0.2.25]", "ours", "[192.0.2.25] is ourselves")]
    [InlineData("192.0.2.25", "ours", "192.0.2.25 is ourselves")]
    [InlineData("[IPv6:::ffff:192.0.2.25]", "ours", "[IPv6:::ffff:192.0.2.25] is ourselves")]
    public void It_shows_that(string helo, string result, string evidence)
    {
        var finding = Check(helo, Strict);
        Assert.Equal((result, evidence), (finding?.Evidence[0].Result, finding?.Evidence[0].Evidence));
        Assert.Equal($"550 5.7.1 Name given in EHLO refused: {evidence}", finding?.Refusal?.ToString());
        finding = Check(helo, new PolicyOptions());
        Assert.True(finding?.Evidence[0].Score > 0);
        Assert.Null(finding.Refusal);
        Assert.Null(Check(helo, PolicyOptions.None));
    }

    [Fact]
    public async Task A_name_with_an_address_or_an_exchange_resolves()
    {
        _dns.Add("mail.example", "AAAA", "2001:db8::7").Add("example.org", "MX", "10 mail.example");
        Assert.Equal("pass", (await ResolveAsync("mail.example"))?.Evidence[0].Result);
        Assert.Equal("pass", (await ResolveAsync("example.org"))?.Evidence[0].Result);
        Assert.Null(await ResolveAsync("[192.0.2.7]"));
    }

    [Fact]
    public async Task Another_does_not()
    {
        var finding = await ResolveAsync("nobody.example");
        Assert.Equal(("unresolved", "550 5.7.1 Name given in EHLO refused: nobody.example has neither address nor mail exchange"), (finding?.Evidence[0].Result, finding?.Refusal?.ToString()));
    }

    [Fact]
    public async Task Where_the_dns_fails_or_is_silent_there_is_no_opinion()
    {
        _dns.Fail("failing.example").Silence("silent.example");
        var failed = await ResolveAsync("failing.example");
        Assert.Equal(("temperror", 0.0, null), (failed?.Evidence[0].Result, failed?.Evidence[0].Score, failed?.Refusal));
        var silent = ResolveAsync("silent.example");
        _clock.Advance(Strict.DnsTimeout);
        Assert.Equal("temperror", (await silent)?.Evidence[0].Result);
    }

    private PolicyFinding? Check(string helo, PolicyOptions options) => Of(options).Check(helo, IPAddress.Parse("192.0.2.25"));

    private Task<PolicyFinding?> ResolveAsync(string helo) => Of(Strict).ResolveAsync(helo);

    private HeloCheck Of(PolicyOptions options) => new(_dns, options, "mx.ours.example", _clock);
}
