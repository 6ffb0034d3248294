using System.Net;
using MailMesh.Ingress.Policy;
using MailMesh.Rates;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp.Policy;

/// <summary>What the DNS says of a client, waited for at RCPT, and what unknown recipients bring.</summary>
public sealed class RcptTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Mail = """
        S: 220 …
        C: HELO client.example
        S: 250 …
        C: MAIL FROM:<a@b.example>
        S: 250 2.1.0 …

        """;

    private const string Message = """
        C: DATA
        S: 354 …
        C: .
        S: 250 2.0.0 …

        """;

    [Fact]
    public async Task Who_is_listed_is_told_by_whom_and_reaches_postmaster()
    {
        List("bl.example=6 other.example=2");
        Dns.Add("1.2.0.192.bl.example", "A", "127.0.0.2").Add("1.2.0.192.bl.example", "TXT", "https://bl.example/192.0.2.1").Add("1.2.0.192.other.example", "A", "127.0.0.9");
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Mail + """
            C: RCPT TO:<nobody@ours.example>
            S: 550 5.1.1 …
            C: RCPT TO:<alice@ours.example>
            S: 550 5.7.1 Client 192.0.2.1 is listed by bl.example, other.example: https://bl.example/192.0.2.1 (id {id})
            C: RCPT TO:<Postmaster@ours.example>
            S: 250 2.1.5 …

            """ + Message);
        await Directory.Tracking.FlushAsync();
        var refused = (await Directory.Tracking.ReadAsync(script.Captured["id"])).Last(line => line.Event == "refused");
        Assert.Equal(("listed (127.0.0.2)", "listed (127.0.0.9)"), (refused.Detail["dnslist bl.example"], refused.Detail["dnslist other.example"]));
        Assert.Equal(["dnslist bl.example 6", "dnslist other.example 2"], TheMessage().Connection.Checks.Select(check => $"{check.Check} {check.Score}"));
    }

    [Fact]
    public async Task Who_is_listed_below_the_threshold_brings_the_evidence()
    {
        List("bl.example=3 good.example=-1");
        Dns.Add("1.2.0.192.bl.example", "A", "127.0.0.2").Add("1.2.0.192.good.example", "A", "127.0.0.3");
        await RunAsync(Mail + "C: RCPT TO:<alice@ours.example>\nS: 250 2.1.5 …\n" + Message);
        Assert.Equal(2, TheMessage().Connection.Checks.Sum(check => check.Score));
    }

    [Fact]
    public async Task A_silent_list_holds_a_recipient_up_so_long_and_no_longer()
    {
        var clock = new DelayClock();
        Clock = clock;
        List("silent.example=9");
        Dns.Silence("1.2.0.192.silent.example");
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Mail + "C: RCPT TO:<alice@ours.example>");
        await clock.PassAsync(Policy.DnsTimeout);
        await script.RunAsync("S: 250 2.1.5 …\n" + Message);
        Assert.Empty(TheMessage().Connection.Checks);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("192.0.2.65")]
    public async Task Exempt_and_allowed_clients_are_looked_up_nowhere(string client)
    {
        List("bl.example=9");
        Policy = Policy with
        {
            AllowNetworks = NetworkList.TryParse("192.0.2.64/26", out var networks) ? networks : NetworkList.None,
            ReverseMissing = RuleMode.Reject,
            HeloUnresolved = RuleMode.Reject,
        };
        await using var session = Connect(remote: IPAddress.Parse(client));
        await new ProtocolScript(session).RunAsync(Mail + "C: RCPT TO:<alice@ours.example>\nS: 250 2.1.5 …\n");
        Assert.Empty(Dns.Questions);
    }

    [Fact]
    public async Task The_name_of_the_client_goes_with_the_message()
    {
        Policy = Policy with { ReverseMissing = RuleMode.Reject, ReverseUnconfirmed = RuleMode.Reject };
        Dns.Add("192.0.2.1", "PTR", "mail.client.example").Add("mail.client.example", "A", "192.0.2.1");
        await RunAsync(Mail + "C: RCPT TO:<alice@ours.example>\nS: 250 2.1.5 …\n" + Message);
        Assert.Equal("mail.client.example", TheMessage().Connection.RemoteName);
        Assert.StartsWith("Received: from client.example (mail.client.example [192.0.2.1])\r\n", StoredText(TheMessage()), StringComparison.Ordinal);
        Assert.Equal("iprev pass", TheMessage().Connection.Checks.Select(check => $"{check.Check} {check.Result}").Single());
    }

    [Fact]
    public async Task A_client_without_a_name_is_refused_where_it_needs_one()
    {
        Policy = Policy with { ReverseMissing = RuleMode.Reject };
        await RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            S: 550 5.7.25 Client 192.0.2.1 has no name in the DNS: its operator has to publish a PTR record
            C: RCPT TO:<postmaster>
            S: 250 2.1.5 …
            """);
    }

    [Fact]
    public async Task A_name_in_helo_that_is_nowhere_is_refused_here()
    {
        Policy = Policy with { HeloUnresolved = RuleMode.Reject };
        await RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            S: 550 5.7.1 Name given in EHLO refused: client.example has neither address nor mail exchange
            """);
    }

    [Fact]
    public async Task Recipients_have_their_rates()
    {
        Policy = Policy with { RecipientRate = new Rate(2, TimeSpan.FromMinutes(1)), DomainRecipientRate = new Rate(3, TimeSpan.FromMinutes(1)) };
        await RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …
            C: RCPT TO:<bob@ours.example>
            S: 250 2.1.5 …
            C: RCPT TO:<sales@ours.example>
            S: 450 4.7.1 Your address sends to more recipients than it may in this time, try again later
            """);
        await using var other = Connect(remote: IPAddress.Parse("198.51.100.1"));
        await new ProtocolScript(other).RunAsync(Mail + """
            C: RCPT TO:<alice@OURS.example>
            S: 250 2.1.5 …
            C: RCPT TO:<bob@ours.example>
            S: 450 4.7.1 ours.example gets more mail than it takes in this time, try again later
            """);
    }

    [Fact]
    public async Task Unknown_recipients_are_answered_ever_later_and_then_no_more()
    {
        var clock = new DelayClock();
        Clock = clock;
        Policy = Policy with { TarpitDelay = TimeSpan.FromSeconds(1), MaxUnknownRecipients = 7 };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Mail + """
            C: RCPT TO:<u1@ours.example>
            C: RCPT TO:<u2@ours.example>
            S: 550 5.1.1 …
            S: 550 5.1.1 …
            """);
        foreach (var seconds in (int[])[1, 2, 4, 5])
        {
            await session.SendAsync("RCPT TO:<unknown@ours.example>\r\n");
            var reply = session.ReadLineAsync();
            await clock.PassAsync(TimeSpan.FromSeconds(seconds - 0.1));
            Assert.False(reply.IsCompleted);
            clock.Advance(TimeSpan.FromSeconds(0.1));
            Assert.StartsWith("550 5.1.1", await reply, StringComparison.Ordinal);
        }
        await script.RunAsync("""
            C: RCPT TO:<u7@ours.example>
            S: 421 4.7.0 Too many unknown recipients, closing connection
            END
            """);
    }

    [Fact]
    public async Task A_network_that_tries_names_in_many_sessions_is_slowed_down_too()
    {
        var clock = new DelayClock();
        Clock = clock;
        Policy = Policy with { TarpitDelay = TimeSpan.FromSeconds(1) };
        for (var i = 0; i < 14; i++)
        {
            await RunAsync(Mail + """
                C: RCPT TO:<u1@ours.example>
                C: RCPT TO:<u2@ours.example>
                S: 550 5.1.1 …
                S: 550 5.1.1 …
                """);
        }
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Mail + """
            C: RCPT TO:<u1@ours.example>
            S: 550 5.1.1 …
            C: RCPT TO:<u2@ours.example>
            """);
        await clock.PassAsync(TimeSpan.FromSeconds(1));
        Assert.StartsWith("550 5.1.1", await session.ReadLineAsync(), StringComparison.Ordinal);
        await using var other = Connect(remote: IPAddress.Parse("198.51.100.1"));
        await new ProtocolScript(other).RunAsync(Mail + "C: RCPT TO:<u1@ours.example>\nS: 550 5.1.1 …");
    }

    [Fact]
    public async Task Replies_that_wait_for_nothing_go_out_before_a_delay()
    {
        var clock = new DelayClock();
        Clock = clock;
        Policy = Policy with { TarpitDelay = TimeSpan.FromSeconds(1) };
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<u1@ours.example>
            C: RCPT TO:<u2@ours.example>
            C: RCPT TO:<u3@ours.example>
            S: 250 2.1.5 …
            S: 550 5.1.1 …
            S: 550 5.1.1 …
            """);
        await clock.PassAsync(TimeSpan.FromSeconds(1));
        Assert.StartsWith("550 5.1.1", await session.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_drain_ends_the_delay_and_not_the_transaction()
    {
        Clock = new DelayClock(); // it stands still
        Policy = Policy with { TarpitDelay = TimeSpan.FromSeconds(1) };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Mail + """
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<u1@ours.example>
            C: RCPT TO:<u2@ours.example>
            C: RCPT TO:<u3@ours.example>
            S: 250 2.1.5 …
            S: 550 5.1.1 …
            S: 550 5.1.1 …
            """);
        session.Stop();
        await script.RunAsync("S: 550 5.1.1 …\n" + Message);
    }

    [Fact]
    public async Task Who_is_exempt_may_ask_for_whom_it_likes()
    {
        Policy = Policy with { TarpitDelay = TimeSpan.FromHours(1), MaxUnknownRecipients = 1 };
        await using var session = Connect(remote: IPAddress.Loopback);
        await new ProtocolScript(session).RunAsync(Mail + string.Concat(Enumerable.Repeat("C: RCPT TO:<nobody@ours.example>\nS: 550 5.1.1 …\n", 10)));
    }

    private void List(string lists) =>
        Policy = Policy with { DnsLists = DnsListZone.TryParseAll(lists, out var zones) ? zones : throw new FormatException(lists) };
}
