using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Policy;

public sealed class ReverseNameCheckTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly FakeTimeProvider _clock = new();
    private readonly FixedDnsResolver _dns = new();

    [Fact]
    public async Task A_name_that_leads_back_is_the_clients()
    {
        _dns.Add("192.0.2.7", "PTR", "other.example").Add("other.example", "A", "192.0.2.8")
            .Add("192.0.2.7", "PTR", "mail.example").Add("mail.example", "A", "192.0.2.9").Add("mail.example", "A", "192.0.2.7");
        var name = await CheckAsync(RuleMode.Reject, RuleMode.Reject);
        Assert.Equal("mail.example", name.Name);
        Expect(name, "pass", 0, null);
    }

    [Theory]
    [InlineData(RuleMode.Off, 0, null)]
    [InlineData(RuleMode.Score, 0.7, null)]
    [InlineData(RuleMode.Reject, 0.7, "550 5.7.25 Client 192.0.2.7 has no name in the DNS: its operator has to publish a PTR record")]
    internal async Task None(RuleMode mode, double score, string? refusal) => Expect(await CheckAsync(mode, RuleMode.Off), "permerror", score, refusal);

    [Theory]
    [InlineData(RuleMode.Off, 0, null)]
    [InlineData(RuleMode.Score, 0.5, null)]
    [InlineData(RuleMode.Reject, 0.5, "550 5.7.25 Client 192.0.2.7 has the name liar.example in the DNS, which does not lead back to it")]
    internal async Task One_that_leads_elsewhere(RuleMode mode, double score, string? refusal)
    {
        _dns.Add("192.0.2.7", "PTR", "liar.example").Add("liar.example", "A", "192.0.2.8");
        var name = await CheckAsync(RuleMode.Off, mode);
        Assert.Null(name.Name);
        Expect(name, "fail", score, refusal);
    }

    [Fact]
    public async Task A_name_that_is_no_host_name_is_not_believed_whatever_it_leads_to()
    {
        var name = "x(y)\\\".example";
        _dns.Add("192.0.2.7", "PTR", name).Add(name, "A", "192.0.2.7");
        Expect(await CheckAsync(RuleMode.Reject, RuleMode.Reject), "fail", 0.5, "550 5.7.25 Client 192.0.2.7 has the name no host name in the DNS, which does not lead back to it");
    }

    [Fact]
    public async Task Where_the_dns_fails_there_is_no_opinion()
    {
        _dns.Fail("192.0.2.7");
        Expect(await CheckAsync(RuleMode.Reject, RuleMode.Reject), "temperror", 0, null);
    }

    [Fact]
    public async Task Where_the_dns_is_silent_there_is_none_either()
    {
        _dns.Silence("192.0.2.7");
        var checking = CheckAsync(RuleMode.Reject, RuleMode.Reject);
        Assert.False(checking.IsCompleted);
        _clock.Advance(new PolicyOptions().DnsTimeout);
        Expect(await checking, "temperror", 0, null);
    }

    [Fact]
    public async Task An_address_with_hundreds_of_names_costs_ten_questions()
    {
        for (var i = 0; i < 300; i++)
            _dns.Add("192.0.2.7", "PTR", $"n{i}.example");
        await CheckAsync(RuleMode.Score, RuleMode.Score);
        Assert.Equal(10, _dns.Questions.Count(question => question.StartsWith("A ", StringComparison.Ordinal)));
    }

    private static void Expect(ReverseName name, string result, double score, string? refusal)
    {
        var evidence = Assert.Single(name.Finding.Evidence);
        Assert.Equal(("iprev", result, score, refusal), (evidence.Check, evidence.Result, evidence.Score, name.Finding.Refusal?.ToString()));
    }

    private async Task<ReverseName> CheckAsync(RuleMode missing, RuleMode unconfirmed) =>
        (await new ReverseNameCheck(_dns, new PolicyOptions { ReverseMissing = missing, ReverseUnconfirmed = unconfirmed }, _clock).CheckAsync(Client))!;
}
