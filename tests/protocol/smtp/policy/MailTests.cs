using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Rates;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp.Policy;

/// <summary>What is asked when a sender is given.</summary>
public sealed class MailTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Helo = """
        S: 220 …
        C: HELO client.example
        S: 250 …

        """;

    private const string ToAlice = """
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.5 …
        C: DATA
        S: 354 …
        C: .
        S: 250 2.0.0 …

        """;

    [Fact]
    public async Task A_failed_spf_is_refused_in_the_domains_words()
    {
        Policy = Policy with { Spf = RuleMode.Reject };
        Dns.Add("fail.example", "TXT", "v=spf1 -all exp=why.fail.example").Add("why.fail.example", "TXT", "%{i} is none of ours")
            .Add("plain.example", "TXT", "v=spf1 -all").Add("soft.example", "TXT", "v=spf1 ~all").Fail("away.example");
        await RunAsync(Helo + """
            C: MAIL FROM:<a@fail.example>
            S: 550 5.7.23 SPF: the domain explains: 192.0.2.1 is none of ours
            C: MAIL FROM:<a@plain.example>
            S: 550 5.7.23 SPF: the client is no permitted sender of the domain
            C: MAIL FROM:<a@soft.example>
            S: 250 2.1.0 Sender ok
            C: RSET
            S: 250 …
            C: MAIL FROM:<a@away.example>
            S: 250 2.1.0 Sender ok

            """ + ToAlice);
        var spf = Assert.Single(TheMessage().Connection.Checks);
        Assert.Equal(("spf", "temperror", 0.0), (spf.Check, spf.Result, spf.Score));
    }

    [Fact]
    public async Task The_null_reverse_path_is_judged_by_helo()
    {
        Policy = Policy with { Spf = RuleMode.Reject };
        Dns.Add("client.example", "TXT", "v=spf1 -all");
        await RunAsync(Helo + """
            C: MAIL FROM:<>
            S: 550 5.7.23 …
            """);
    }

    [Fact]
    public async Task Spf_that_scores_is_evidence_of_its_own_message()
    {
        Policy = Policy with { Spf = RuleMode.Score };
        Dns.Add("fail.example", "TXT", "v=spf1 -all").Add("good.example", "TXT", "v=spf1 ip4:192.0.2.1 -all");
        await RunAsync(Helo + "C: MAIL FROM:<a@fail.example>\nS: 250 …\n" + ToAlice + "C: MAIL FROM:<a@good.example>\nS: 250 …\n" + ToAlice);
        Assert.Equal(
            ["spf fail mailfrom fail.example from 192.0.2.1: '-all' of fail.example matches", "spf pass mailfrom good.example from 192.0.2.1: 'ip4:192.0.2.1' of good.example matches"],
            Intake.Messages.SelectMany(message => message.Connection.Checks).Select(check => $"{check.Check} {check.Result} {check.Evidence}").Order());
    }

    [Fact]
    public async Task Users_and_exempt_clients_are_not_asked_about()
    {
        Policy = Policy with { Spf = RuleMode.Reject, ReverseMissing = RuleMode.Reject };
        Dns.Add("ours.example", "TXT", "v=spf1 -all");
        await RunAsync(EhloUnderTls + """
            C: AUTH PLAIN AGFsaWNlQG91cnMuZXhhbXBsZQB3b25kZXJsYW5k
            S: 235 …
            C: MAIL FROM:<alice@ours.example>
            S: 250 …

            """ + ToAlice, "submissions");
        await using var local = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(local).RunAsync(Helo + "C: MAIL FROM:<a@ours.example>\nS: 250 …\n" + ToAlice);
        Assert.All(Intake.Messages, message => Assert.Empty(message.Connection.Checks));
        Assert.DoesNotContain("TXT ours.example", Dns.Questions);
    }

    [Fact]
    public async Task A_client_has_so_many_messages_in_its_time()
    {
        var clock = new DelayClock();
        Clock = clock;
        Policy = Policy with { MessageRate = new Rate(2, TimeSpan.FromMinutes(1)) };
        const string mail = "C: MAIL FROM:<a@b.example>\nS: 250 2.1.0 …\nC: RSET\nS: 250 …\n";
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Helo + mail + mail + """
            C: MAIL FROM:<a@b.example>
            S: 450 4.7.1 Your address sends more messages than it may in this time, try again later
            """);
        await using var neighbour = Connect(remote: IPAddress.Parse("192.0.2.2"));
        await new ProtocolScript(neighbour).RunAsync(Helo + mail);
        await using var local = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(local).RunAsync(Helo + mail + mail + mail);
        clock.Advance(TimeSpan.FromMinutes(2));
        await script.RunAsync(mail);
    }

    [Fact]
    public async Task An_account_has_so_many_from_wherever_it_sends()
    {
        Policy = Policy with { AccountMessageRate = new Rate(1, TimeSpan.FromHours(1)), AccountRecipientRate = new Rate(1, TimeSpan.FromDays(1)) };
        const string alice = EhloUnderTls + """
            C: AUTH PLAIN AGFsaWNlQG91cnMuZXhhbXBsZQB3b25kZXJsYW5k
            S: 235 …

            """;
        await RunAsync(alice + """
            C: MAIL FROM:<alice@ours.example>
            S: 250 …
            C: RCPT TO:<bob@ours.example>
            S: 250 …
            C: RCPT TO:<victim@elsewhere.example>
            S: 450 4.7.1 alice@ours.example sends to more recipients than it may in this time, try again later
            """, "submissions");
        await using var elsewhere = Connect("submissions", IPAddress.Parse("198.51.100.1"));
        await new ProtocolScript(elsewhere).RunAsync(alice + """
            C: MAIL FROM:<alice@ours.example>
            S: 450 4.7.1 alice@ours.example sends more messages than it may in this time, try again later
            """);
    }
}
