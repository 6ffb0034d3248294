using System.Net;
using MailMesh.Spf;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Spf;

/// <summary>RFC 7208, each case a record of example.com and a client, in the style of the openspf test suite.</summary>
public class SpfTests
{
    private static readonly SpfQuestion Client4 = new(IPAddress.Parse("192.0.2.3"), "strong-bad@email.example.com", "mx.example.org", "receiver.example.net");

    /// <summary>The zone of RFC 7208 appendix A, for example.com.</summary>
    private static FixedDnsResolver AppendixA() => new FixedDnsResolver()
        .Add("example.com", "MX", "10 mail-a.example.com").Add("example.com", "MX", "20 mail-b.example.com")
        .Add("example.com", "A", "192.0.2.10").Add("example.com", "A", "192.0.2.11")
        .Add("amy.example.com", "A", "192.0.2.65").Add("bob.example.com", "A", "192.0.2.66")
        .Add("mail-a.example.com", "A", "192.0.2.129").Add("mail-b.example.com", "A", "192.0.2.130")
        .Add("example.org", "MX", "10 mail-c.example.org").Add("mail-c.example.org", "A", "192.0.2.140")
        .Add("192.0.2.10", "PTR", "example.com").Add("192.0.2.11", "PTR", "example.com")
        .Add("192.0.2.65", "PTR", "amy.example.com").Add("192.0.2.66", "PTR", "bob.example.com")
        .Add("192.0.2.129", "PTR", "mail-a.example.com").Add("192.0.2.130", "PTR", "mail-b.example.com")
        .Add("192.0.2.140", "PTR", "mail-c.example.org").Add("10.0.0.4", "PTR", "bob.example.com");

    [Theory]
    [InlineData("v=spf1 +all", "1.2.3.4", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.10", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.11", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "192.0.2.65", SpfResult.Fail)]
    [InlineData("v=spf1 a:example.org -all", "192.0.2.10", SpfResult.Fail)]
    [InlineData("v=spf1 mx -all", "192.0.2.129", SpfResult.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.130", SpfResult.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.10", SpfResult.Fail)]
    [InlineData("v=spf1 mx:example.org -all", "192.0.2.140", SpfResult.Pass)]
    [InlineData("v=spf1 mx mx:example.org -all", "192.0.2.140", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143", SpfResult.Pass)]
    [InlineData("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.144", SpfResult.Fail)]
    [InlineData("v=spf1 ptr -all", "192.0.2.10", SpfResult.Pass)]
    [InlineData("v=spf1 ptr -all", "192.0.2.65", SpfResult.Pass)]
    [InlineData("v=spf1 ptr -all", "192.0.2.140", SpfResult.Fail)]
    [InlineData("v=spf1 ptr -all", "10.0.0.4", SpfResult.Fail)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", SpfResult.Fail)]
    [InlineData("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", SpfResult.Pass)]
    public async Task Appendix_a(string record, string client, SpfResult expected)
    {
        var zone = AppendixA().Add("example.com", "TXT", record);
        var question = Client4 with { Client = IPAddress.Parse(client), Sender = "user@example.com" };
        Assert.Equal(expected, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(question)).Result);
    }

    [Theory]
    // §4.5: which record, if any.
    [InlineData("v=spf10 -all", SpfResult.None)]
    [InlineData("v=spf1-all", SpfResult.None)]
    [InlineData("spf2.0/pra -all", SpfResult.None)]
    [InlineData("V=sPf1 -ALL", SpfResult.Fail)]
    [InlineData("v=spf1", SpfResult.Neutral)]
    [InlineData("v=spf1 ", SpfResult.Neutral)]
    [InlineData("v=spf1   -all  ", SpfResult.Fail)]
    // §4.6.2: qualifiers.
    [InlineData("v=spf1 all", SpfResult.Pass)]
    [InlineData("v=spf1 +all", SpfResult.Pass)]
    [InlineData("v=spf1 ~all", SpfResult.SoftFail)]
    [InlineData("v=spf1 ?all", SpfResult.Neutral)]
    // §4.6: an error anywhere, whatever matched before.
    [InlineData("v=spf1 +all moo", SpfResult.PermError)]
    [InlineData("v=spf1 all:example.com", SpfResult.PermError)]
    [InlineData("v=spf1 all.", SpfResult.PermError)]
    [InlineData("v=spf1 all/8", SpfResult.PermError)]
    [InlineData("v=spf1 --all", SpfResult.PermError)]
    [InlineData("v=spf1 -", SpfResult.PermError)]
    [InlineData("v=spf1 a:", SpfResult.PermError)]
    [InlineData("v=spf1 a:museum", SpfResult.PermError)]
    [InlineData("v=spf1 a:111.222.33.44", SpfResult.PermError)]
    [InlineData("v=spf1 a:abc.123", SpfResult.PermError)]
    [InlineData("v=spf1 a:example.-com", SpfResult.PermError)]
    [InlineData("v=spf1 a:example.com:8080", SpfResult.PermError)]
    [InlineData("v=spf1 a/33", SpfResult.PermError)]
    [InlineData("v=spf1 a//129", SpfResult.PermError)]
    [InlineData("v=spf1 a/08", SpfResult.PermError)]
    [InlineData("v=spf1 a/", SpfResult.PermError)]
    [InlineData("v=spf1 mx:", SpfResult.PermError)]
    [InlineData("v=spf1 include", SpfResult.PermError)]
    [InlineData("v=spf1 include:", SpfResult.PermError)]
    [InlineData("v=spf1 include:pass.example.com/24", SpfResult.PermError)]
    [InlineData("v=spf1 exists", SpfResult.PermError)]
    [InlineData("v=spf1 exists:", SpfResult.PermError)]
    [InlineData("v=spf1 exists:a.example.com/24", SpfResult.PermError)]
    [InlineData("v=spf1 ptr:", SpfResult.PermError)]
    [InlineData("v=spf1 ptr/24", SpfResult.PermError)]
    [InlineData("v=spf1 ip4", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:1.2.3", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:1.2.3.4/33", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:1.2.3.4//32", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:1.2.3.4:8080", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:0x1.2.3.4", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:010.2.3.4", SpfResult.PermError)]
    [InlineData("v=spf1 ip4/1.2.3.4", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:::1", SpfResult.PermError)]
    [InlineData("v=spf1 ip6:1.2.3.4", SpfResult.PermError)]
    [InlineData("v=spf1 ip6::CAFE::BABE:8000/64", SpfResult.PermError)]
    [InlineData("v=spf1 ip6:fe80::1%eth0", SpfResult.PermError)]
    [InlineData("v=spf1 ip6:::1/129", SpfResult.PermError)]
    [InlineData("v=spf1 ip4:192.0.2.3\tall", SpfResult.PermError)]
    [InlineData("v=spf1 a:ex\u00e4mple.com", SpfResult.PermError)]
    // §6: modifiers.
    [InlineData("v=spf1 redirect=", SpfResult.PermError)]
    [InlineData("v=spf1 -redirect=pass.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 redirect=pass.example.com redirect=pass.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exp=a.example.com exp=a.example.com -all", SpfResult.PermError)]
    [InlineData("v=spf1 exp=-all", SpfResult.PermError)]
    [InlineData("v=spf1 moo.cow-far_out=man:dog/cat ip4:192.0.2.3 -all", SpfResult.Pass)]
    [InlineData("v=spf1 moo=%{q} -all", SpfResult.PermError)]
    [InlineData("v=spf1 1moo=x -all", SpfResult.PermError)]
    [InlineData("v=spf1 default=pass -all", SpfResult.Fail)]
    // §7.1: macros.
    [InlineData("v=spf1 exists:%{", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%(l).example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%{d0}", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%{c}.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%{t}.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%{l*}.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exists:%{lrr}.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 exists:foo.example.com% -all", SpfResult.PermError)]
    public async Task Syntax(string record, SpfResult expected)
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", record).Add("pass.example.com", "TXT", "v=spf1 +all");
        Assert.Equal(expected, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Theory]
    [InlineData("v=spf1 a/0 -all", "192.0.2.3", SpfResult.Pass)]
    [InlineData("v=spf1 a/24 -all", "192.0.2.3", SpfResult.Pass)]
    [InlineData("v=spf1 a/25 -all", "192.0.2.200", SpfResult.Fail)]
    [InlineData("v=spf1 a//64 -all", "2001:db8::77", SpfResult.Pass)]
    [InlineData("v=spf1 a/24//64 -all", "2001:db8::77", SpfResult.Pass)]
    [InlineData("v=spf1 a/24//64 -all", "2001:db8:0:1::77", SpfResult.Fail)]
    [InlineData("v=spf1 a//0 -all", "2001:db9::1", SpfResult.Pass)]
    [InlineData("v=spf1 a -all", "2001:db8::1", SpfResult.Pass)]
    [InlineData("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.3", SpfResult.Fail)]
    [InlineData("v=spf1 ip6:2001:db8::/32 -all", "2001:db8::77", SpfResult.Pass)]
    [InlineData("v=spf1 ip6:2001:db8::/33 -all", "2001:db8:8000::1", SpfResult.Fail)]
    [InlineData("v=spf1 ip6:::1/0 -all", "2001:db8::77", SpfResult.Pass)]
    [InlineData("v=spf1 ip6:::1/0 -all", "192.0.2.3", SpfResult.Fail)]
    [InlineData("v=spf1 ip4:0.0.0.0/0 -all", "192.0.2.3", SpfResult.Pass)]
    [InlineData("v=spf1 a:host.example.com. -all", "192.0.2.3", SpfResult.Pass)]
    [InlineData("v=spf1 mx -all", "192.0.2.3", SpfResult.Fail)]
    [InlineData("v=spf1 exists:host.example.com -all", "2001:db8::77", SpfResult.Pass)]
    [InlineData("v=spf1 exists:six.example.com -all", "2001:db8::77", SpfResult.Fail)]
    public async Task Networks(string record, string client, SpfResult expected)
    {
        var zone = new FixedDnsResolver()
            .Add("email.example.com", "TXT", record).Add("email.example.com", "A", "192.0.2.1").Add("email.example.com", "AAAA", "2001:db8::1")
            .Add("host.example.com", "A", "192.0.2.3").Add("six.example.com", "AAAA", "2001:db8::9");
        var question = Client4 with { Client = IPAddress.Parse(client) };
        Assert.Equal(expected, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(question)).Result);
    }

    [Theory]
    [InlineData("+all", SpfResult.Pass)]
    [InlineData("-all", SpfResult.SoftFail)]
    [InlineData("~all", SpfResult.SoftFail)]
    [InlineData("?all", SpfResult.SoftFail)]
    [InlineData("moo", SpfResult.PermError)]
    public async Task Include(string included, SpfResult expected)
    {
        var zone = new FixedDnsResolver()
            .Add("email.example.com", "TXT", "v=spf1 include:other.example.com ~all").Add("other.example.com", "TXT", $"v=spf1 {included}");
        Assert.Equal(expected, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task Include_of_nothing_is_permerror_and_of_a_failing_server_temperror()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 include:other.example.com ~all");
        var evaluator = new SpfEvaluator(zone, TimeProvider.System);
        Assert.Equal(SpfResult.PermError, (await evaluator.CheckHostAsync(Client4)).Result);
        zone.Fail("other.example.com");
        Assert.Equal(SpfResult.TempError, (await evaluator.CheckHostAsync(Client4)).Result);
    }

    [Theory]
    [InlineData("v=spf1 redirect=other.example.com", SpfResult.Fail)]
    [InlineData("v=spf1 redirect=other.example.com ip4:192.0.2.3", SpfResult.Pass)]
    [InlineData("v=spf1 redirect=other.example.com ?all", SpfResult.Neutral)]
    [InlineData("v=spf1 redirect=missing.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 redirect=%{d1r}.other.example.com", SpfResult.PermError)]
    [InlineData("v=spf1 redirect=other.%{d2}", SpfResult.Fail)]
    public async Task Redirect(string record, SpfResult expected)
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", record).Add("other.example.com", "TXT", "v=spf1 -all");
        Assert.Equal(expected, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task Two_records_are_permerror()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 +all").Add("email.example.com", "TXT", "v=spf1 -all");
        Assert.Equal(SpfResult.PermError, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Theory]
    [InlineData("user@localhost")]
    [InlineData("user@[192.0.2.3]")]
    [InlineData("user@a..example.com")]
    [InlineData("user@missing.example.com")]
    [InlineData("user@0123456789012345678901234567890123456789012345678901234567890123.example.com")]
    public async Task A_name_that_cannot_have_a_record_is_none(string sender)
    {
        Assert.Equal(SpfResult.None, (await new SpfEvaluator(new FixedDnsResolver(), TimeProvider.System).CheckHostAsync(Client4 with { Sender = sender })).Result);
    }

    /// <summary>RFC 7208 §7.4, for strong-bad@email.example.com from 192.0.2.3.</summary>
    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d3}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("%{h}.x.example.net", "mx.example.org.x.example.net")]
    [InlineData("%{p}.x.example.net", "mx.example.org.x.example.net")]
    [InlineData("%%.%_.%-.x.example.net", "%. .%20.x.example.net")]
    [InlineData("%{S}.x.example.net", "strong-bad%40email.example.com.x.example.net")]
    public async Task Macros(string spec, string expected) => Assert.Contains($"A {expected}", await QuestionsOf(spec, Client4));

    [Fact]
    public async Task An_ipv6_client_expands_to_nibbles()
    {
        var question = Client4 with { Client = IPAddress.Parse("2001:db8::cb01") };
        Assert.Contains(
            "A 1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
            await QuestionsOf("%{ir}.%{v}._spf.%{d2}", question));
    }

    [Fact]
    public async Task A_name_too_long_loses_labels_from_the_left()
    {
        var local = string.Join('.', Enumerable.Range(0, 60).Select(i => $"label{i:00}"));
        var asked = (await QuestionsOf("%{l}.%{d}", Client4 with { Sender = local + "@email.example.com" })).Single(q => q.StartsWith("A label"));
        Assert.EndsWith(".label59.email.example.com", asked);
        Assert.InRange(asked.Length - 2, 240, 253);
    }

    [Fact]
    public async Task Eleven_terms_are_permerror_and_ten_are_not()
    {
        Assert.Equal(SpfResult.Fail, await WithTerms(10));
        Assert.Equal(SpfResult.PermError, await WithTerms(11));

        static async Task<SpfResult> WithTerms(int count)
        {
            var zone = new FixedDnsResolver().Add("email.example.com", "TXT", $"v=spf1 {string.Join(' ', Enumerable.Repeat("a:host.example.com", count))} -all")
                .Add("host.example.com", "A", "203.0.113.9");
            return (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result;
        }
    }

    [Fact]
    public async Task An_include_of_itself_ends()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 include:email.example.com -all");
        Assert.Equal(SpfResult.PermError, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
        Assert.InRange(zone.Questions.Count, 1, 12);
    }

    [Fact]
    public async Task Three_void_answers_are_permerror()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 a:v1.example.com a:v2.example.com ip4:192.0.2.3 -all");
        Assert.Equal(SpfResult.Pass, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
        zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 a:v1.example.com mx:v2.example.com exists:v3.example.com ip4:192.0.2.3 -all");
        Assert.Equal(SpfResult.PermError, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task Eleven_exchanges_are_permerror()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 mx -all");
        for (var i = 0; i < 11; i++)
            zone.Add("email.example.com", "MX", $"{i} mx{i}.example.com").Add($"mx{i}.example.com", "A", $"203.0.113.{i}");
        Assert.Equal(SpfResult.PermError, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task The_eleventh_pointer_is_not_looked_at()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 ptr:example.com -all");
        for (var i = 0; i < 10; i++)
            zone.Add("192.0.2.3", "PTR", $"p{i}.example.net");
        zone.Add("192.0.2.3", "PTR", "p.example.com").Add("p.example.com", "A", "192.0.2.3");
        Assert.Equal(SpfResult.Fail, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task A_failing_server_is_temperror_but_not_for_pointers()
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 ptr a:host.example.com -all").Fail("192.0.2.3").Fail("host.example.com");
        Assert.Equal(SpfResult.TempError, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
        zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 ptr -all").Fail("192.0.2.3");
        Assert.Equal(SpfResult.Fail, (await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4)).Result);
        Assert.Equal(SpfResult.TempError, (await new SpfEvaluator(new FixedDnsResolver().Fail("email.example.com"), TimeProvider.System).CheckHostAsync(Client4)).Result);
    }

    [Fact]
    public async Task A_fail_is_explained()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 -all exp=why.%{d2}")
            .Add("why.example.com", "TXT", "%{i} may not send for %{o}, says %{r} to %{c} at %{t}%_!");
        var outcome = await new SpfEvaluator(zone, clock).CheckHostAsync(Client4);
        Assert.Equal("192.0.2.3 may not send for email.example.com, says receiver.example.net to 192.0.2.3 at 1800000000 !", outcome.Explanation);
    }

    [Theory]
    [InlineData("bad macro %{x}")]
    [InlineData("not ascii \u00e4")]
    public async Task A_broken_explanation_leaves_the_fail_unexplained(string text)
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", "v=spf1 -all exp=why.example.com").Add("why.example.com", "TXT", text);
        var outcome = await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(Client4);
        Assert.Equal((SpfResult.Fail, null), (outcome.Result, outcome.Explanation));
    }

    [Fact]
    public async Task The_explanation_of_an_include_is_not_used_and_of_a_redirect_is()
    {
        var zone = new FixedDnsResolver()
            .Add("email.example.com", "TXT", "v=spf1 include:other.example.com -all").Add("other.example.com", "TXT", "v=spf1 -all exp=why.example.com")
            .Add("why.example.com", "TXT", "because").Add("next.example.com", "TXT", "v=spf1 redirect=other.example.com exp=none.example.com");
        var evaluator = new SpfEvaluator(zone, TimeProvider.System);
        Assert.Null((await evaluator.CheckHostAsync(Client4)).Explanation);
        Assert.Equal("because", (await evaluator.CheckHostAsync(Client4 with { Sender = "x@next.example.com" })).Explanation);
    }

    private static async Task<List<string>> QuestionsOf(string spec, SpfQuestion question)
    {
        var zone = new FixedDnsResolver().Add("email.example.com", "TXT", $"v=spf1 exists:{spec} -all")
            .Add("192.0.2.3", "PTR", "mx.example.org").Add("mx.example.org", "A", "192.0.2.3");
        await new SpfEvaluator(zone, TimeProvider.System).CheckHostAsync(question);
        return zone.Questions;
    }
}
