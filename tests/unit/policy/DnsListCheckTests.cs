using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Policy;

public sealed class DnsListCheckTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.0.2.99");

    private readonly FakeTimeProvider _clock = new();
    private readonly FixedDnsResolver _dns = new();
    private readonly RecordingLogger<DnsListCheck> _log = new();

    [Fact]
    public async Task Who_is_on_no_list_leaves_no_evidence()
    {
        Assert.Null(await CheckAsync("bl.example=9"));
        Assert.Equal(["A 99.2.0.192.bl.example"], _dns.Questions); // one question a list
    }

    [Fact]
    public async Task Weights_add_up_and_the_refusal_names_the_lists_and_the_reason()
    {
        Listed("one.example").Add("99.2.0.192.one.example", "TXT", "see http://one.example/?192.0.2.99\r\n250 ok");
        Listed("two.example");
        Listed("good.example");
        var finding = await CheckAsync("two.example=3 one.example=6 good.example=-0.5 none.example=50");
        Assert.Equal(["dnslist two.example 3", "dnslist one.example 6", "dnslist good.example -0.5"], finding!.Evidence.Select(result => $"{result.Check} {result.Score}"));
        Assert.All(finding.Evidence, result => Assert.Equal(("listed", "127.0.0.2"), (result.Result, result.Evidence)));
        Assert.Equal("550 5.7.1 Client 192.0.2.99 is listed by one.example, two.example: see http://one.example/?192.0.2.99  250 ok", finding.Refusal?.ToString());
    }

    [Theory]
    [InlineData("bl.example=7.9", false)]
    [InlineData("bl.example=8", true)]
    [InlineData("bl.example=9 good.example=-2", false)]
    public async Task The_threshold_decides(string lists, bool refused)
    {
        Listed("bl.example");
        Listed("good.example");
        Assert.Equal(refused, (await CheckAsync(lists))!.Refusal is not null);
    }

    [Fact]
    public async Task Without_a_threshold_nobody_is_refused()
    {
        Listed("bl.example");
        Assert.Null((await CheckAsync("bl.example=90", threshold: 0))!.Refusal);
    }

    [Fact]
    public async Task Each_answer_of_a_zone_has_its_weight_and_the_zone_one_question()
    {
        Listed("bl.example").Add("99.2.0.192.bl.example", "A", "127.0.0.10");
        var finding = await CheckAsync("bl.example=127.0.0.2*5 bl.example=127.0.0.[9-11]*2 bl.example=127.0.0.4*50");
        Assert.Equal(["127.0.0.2 5", "127.0.0.10 2"], finding!.Evidence.Select(result => $"{result.Evidence} {result.Score}"));
        Assert.Single(_dns.Questions);
    }

    [Theory]
    [InlineData("127.255.255.254")] // asked through an open resolver
    [InlineData("203.0.113.80")] // the zone has been sold
    public async Task An_answer_that_is_no_listing_is_no_opinion(string answer)
    {
        _dns.Add("99.2.0.192.bl.example", "A", answer);
        Assert.Null(await CheckAsync("bl.example=9"));
    }

    [Fact]
    public async Task A_list_that_fails_or_is_silent_has_no_opinion_and_holds_up_no_other()
    {
        _dns.Fail("99.2.0.192.failing.example").Silence("99.2.0.192.silent.example").Silence("99.2.0.192.bl.example.why");
        Listed("bl.example");
        var checking = CheckAsync("failing.example=9 silent.example=9 bl.example=3");
        Assert.False(checking.IsCompleted);
        _clock.Advance(new PolicyOptions().DnsTimeout);
        Assert.Equal("dnslist bl.example", Assert.Single((await checking)!.Evidence).Check);
    }

    [Fact]
    public async Task A_list_that_does_not_serve_us_is_told_of_once_an_hour()
    {
        _dns.Add("99.2.0.192.bl.example", "A", "127.255.255.254");
        Assert.True(DnsListZone.TryParseAll("bl.example=9", out var zones));
        var check = new DnsListCheck(_dns, new PolicyOptions { DnsLists = zones }, _clock, _log);
        for (var i = 0; i < 3; i++)
            await check.CheckAsync(Client);
        Assert.Contains("bl.example refuses to answer: 127.255.255.254", Assert.Single(_log.Warnings), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromHours(1));
        await check.CheckAsync(Client);
        Assert.Equal(2, _log.Warnings.Count());
    }

    [Fact]
    public async Task IPv6_clients_are_asked_for_by_nibbles()
    {
        var question = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.example";
        _dns.Add(question, "A", "127.0.0.2");
        Assert.NotNull(await CheckAsync("bl.example=9", client: "2001:db8::1"));
        Assert.Equal([$"A {question}", $"TXT {question}"], _dns.Questions);
    }

    private FixedDnsResolver Listed(string zone) => _dns.Add($"99.2.0.192.{zone}", "A", "127.0.0.2");

    private Task<PolicyFinding?> CheckAsync(string lists, int threshold = 8, string? client = null)
    {
        Assert.True(DnsListZone.TryParseAll(lists, out var zones));
        var options = new PolicyOptions { DnsLists = zones, DnsListThreshold = threshold };
        return new DnsListCheck(_dns, options, _clock, _log).CheckAsync(client is null ? Client : IPAddress.Parse(client));
    }
}
