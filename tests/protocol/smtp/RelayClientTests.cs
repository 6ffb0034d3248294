using System.Net;
using MailMesh.Accounts;
using MailMesh.Database;
using MailMesh.Ingress;
using MailMesh.Ingress.Policy;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>Devices and programs of listed networks send without authentication, as by a Windows SMTP relay; nobody else does.</summary>
public sealed class RelayClientTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Printer = "10.77.0.7";
    private const string Scanner = "10.77.0.70";
    private const string Chatty = "10.77.0.200";

    /// <summary>Never an open relay: who may send to whom, by listener and address.</summary>
    [Theory]
    [InlineData(Printer, "smtp", "friend@elsewhere.example", "250 2.1.5")]
    [InlineData(Printer, "smtp", "bob@ours.example", "250 2.1.5")]
    [InlineData(Printer, "smtp", "nobody@ours.example", "550 5.1.1")]
    [InlineData("::ffff:10.77.0.7", "smtp", "friend@elsewhere.example", "250 2.1.5")]
    [InlineData("2001:db8:25:1::9", "smtp", "friend@elsewhere.example", "250 2.1.5")]
    [InlineData("10.77.1.7", "smtp", "friend@elsewhere.example", "550 5.7.1")]
    [InlineData("10.76.255.255", "smtp", "friend@elsewhere.example", "550 5.7.1")]
    [InlineData("2001:db8:26::1", "smtp", "friend@elsewhere.example", "550 5.7.1")]
    [InlineData("127.0.0.1", "smtp", "friend@elsewhere.example", "550 5.7.1")]
    [InlineData("127.0.0.1", "smtp", "friend%elsewhere.example@ours.example", "550 5.1.1")]
    [InlineData(Printer, "submission", "friend@elsewhere.example", "250 2.1.5")]
    public async Task Who_may_send_to_whom(string client, string listener, string recipient, string code)
    {
        await using var session = Connect(listener, IPAddress.Parse(client));
        await new ProtocolScript(session).RunAsync(Ehlo + $"""
            C: MAIL FROM:<scanner@device.invalid>
            S: 250 2.1.0 …
            C: RCPT TO:<{recipient}>
            S: {code} …
            """);
    }

    [Fact]
    public async Task On_submission_others_need_authentication()
    {
        await using var session = Connect("submission", IPAddress.Parse("10.77.1.7"));
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: MAIL FROM:<scanner@device.invalid>
            S: 530 5.7.0 …
            """);
    }

    [Fact]
    public async Task An_address_that_a_trusted_proxy_names_is_the_one_that_counts()
    {
        Assert.True(MailMesh.Wire.NetworkList.TryParse($"127.0.0.0/8, {Printer}", out var proxies));
        Options = Options with { XclientNetworks = proxies };
        await using var named = Connect("smtp", IPAddress.Loopback);
        await new ProtocolScript(named).RunAsync($$"""
            S: 220 …
            C: XCLIENT ADDR={{Printer}}
            S: 220 …
            C: HELO printer
            S: 250 …
            C: MAIL FROM:<scanner@device.invalid>
            S: 250 …
            C: RCPT TO:<friend@elsewhere.example>
            S: 250 …
            """);
        await using var hidden = Connect("smtp", IPAddress.Parse(Printer));
        await new ProtocolScript(hidden).RunAsync("""
            S: 220 …
            C: XCLIENT ADDR=203.0.113.9
            S: 220 …
            C: HELO stranger
            S: 250 …
            C: MAIL FROM:<scanner@device.invalid>
            S: 250 …
            C: RCPT TO:<friend@elsewhere.example>
            S: 550 5.7.1 …
            """);
    }

    [Fact]
    public async Task What_is_missing_is_put_in_and_the_story_names_the_client()
    {
        await SendAsync(Printer, "scanner@device.invalid", @"Subject: scan\r\n");
        var message = TheMessage();
        Assert.Matches(@"^Message-ID: <[0-9a-f]{32}@mx\.ours\.example>\r\nDate: .*\r\nFrom: <scanner@device\.invalid>\r\nSubject: scan\r\n\r\nhello\r\n$", SentText(message));
        Assert.Equal((true, null), (message.Connection.IsRelayClient, message.Connection.AuthenticatedAs));
        Assert.Contains("with ESMTP id", StoredText(message), StringComparison.Ordinal); // not authenticated, and not said to be
        Assert.Equal("10.77.0.0/24", (await StoryAsync(message.MessageId)).Detail["relay client"]);
    }

    [Fact]
    public async Task Mail_from_outside_is_no_relay_clients()
    {
        await SendAsync("203.0.113.9", "friend@elsewhere.example", @"Subject: x\r\n", "bob@ours.example");
        var message = TheMessage();
        Assert.False(message.Connection.IsRelayClient);
        Assert.Equal("Subject: x\r\n\r\nhello\r\n", SentText(message));
        Assert.DoesNotContain("relay client", (await StoryAsync(message.MessageId)).Detail.Keys);
    }

    [Theory]
    [InlineData(@"From: \""Scan, 2nd floor\"" <scan@device.invalid>\r\nSubject: x\r\n", @"From: \""Scan, 2nd floor\"" <noreply@ours.example>\r\nReply-To: <scan@device.invalid>\r\nSubject: x\r\n")]
    [InlineData(@"Subject: x\r\nFrom: scan@device.invalid\r\nSender: x@device.invalid\r\nReply-To: help@ours.example\r\n", @"From: <noreply@ours.example>\r\nSubject: x\r\nReply-To: help@ours.example\r\n")]
    [InlineData(@"From: =?utf-8?Q?Dr=C3=BCcker?= <scan@device.invalid>\r\n", @"From: =?utf-8?Q?Dr=C3=BCcker?= <noreply@ours.example>\r\nReply-To: <scan@device.invalid>\r\n")]
    [InlineData(@"From: scanner\r\n", @"From: <noreply@ours.example>\r\n")]
    [InlineData(@"From: alice@ours.example\r\nFrom: x@device.invalid\r\n", @"From: <noreply@ours.example>\r\nReply-To: <alice@ours.example>\r\n")]
    [InlineData(@"Subject: no From\r\n", @"From: <noreply@ours.example>\r\nSubject: no From\r\n")]
    [InlineData(@"From: Alice <alice@ours.example>\r\nSubject: ours\r\n", @"From: Alice <alice@ours.example>\r\nSubject: ours\r\n")]
    public async Task A_senders_stand_in_takes_the_envelope_and_a_foreign_From(string header, string expected)
    {
        const string Complete = @"Date: 1\r\nMessage-ID: <1@x>\r\n";
        await SendAsync(Scanner, "scan@device.invalid", Complete + header.Replace("\\\"", "\"", StringComparison.Ordinal));
        var message = TheMessage();
        Assert.Equal("noreply@ours.example", message.Envelope.ReversePath);
        var lines = Plain(expected).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Concat(["Date: 1", "Message-ID: <1@x>", "hello"]).Order();
        Assert.Equal(lines, SentText(message).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Order());
        Assert.EndsWith("\r\n\r\nhello\r\n", SentText(message), StringComparison.Ordinal);
        Assert.Equal("scan@device.invalid", (await StoryAsync(message.MessageId)).Detail["sent as"]);
    }

    [Fact]
    public async Task A_notification_of_a_device_keeps_the_null_reverse_path()
    {
        await SendAsync(Scanner, "", @"From: MAILER-DAEMON@device.invalid\r\n");
        Assert.Equal("", TheMessage().Envelope.ReversePath);
        Assert.Contains("From: MAILER-DAEMON@device.invalid\r\n", SentText(TheMessage()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_days_quota_counts_what_was_taken_for_each_address()
    {
        await RefuseAsync(Chatty, "RCPT TO:<nobody@ours.example>", "550 5.1.1 …"); // takes nothing from it
        await SendAsync(Chatty, "a@device.invalid", "");
        Verdict = message => new Contracts.MessageVerdict { MessageId = message.MessageId, Disposition = Contracts.Disposition.Reject };
        await SendAsync(Chatty, "a@device.invalid", "", reply: "550 5.7.1 …");
        Verdict = message => new Contracts.MessageVerdict { MessageId = message.MessageId, Disposition = Contracts.Disposition.Accept };
        await SendAsync(Chatty, "a@device.invalid", "");
        await RefuseAsync(Chatty, null, "452 4.7.1 Quota of 2 messages a day of 10.77.0.200 is used up…");
        await SendAsync(Printer, "a@device.invalid", "");
    }

    [Fact]
    public async Task While_it_is_not_known_who_is_listed_nobody_is_told_that_he_is_not()
    {
        await using var broken = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("relayclients"), "no-schema.db"));
        var clients = new RelayClients(new RelayClientAdministration(broken, Clock), Clock, NullLogger<RelayClients>.Instance);
        var server = Server with { RelayClients = clients };
        await using var session = ScriptedSession.Start((connection, stopping) => server.ServeAsync(connection, SmtpListener.Smtp, stopping), IPAddress.Parse(Printer), Clock);
        await new ProtocolScript(session).RunAsync(Ehlo + """
            C: MAIL FROM:<scanner@device.invalid>
            S: 451 4.3.0 …
            """);
    }

    [Fact]
    public async Task Rules_for_strangers_are_not_for_listed_devices()
    {
        Policy = PolicyOptions.None with { HeloSyntax = RuleMode.Reject, MessageRate = new Rates.Rate(0, TimeSpan.FromMinutes(1)), ConnectionsPerMinute = 1 };
        foreach (var _ in (int[])[1, 2, 3])
            await HelloAsync(Printer, "250 2.1.0 …");
        await HelloAsync("203.0.113.9", null);
    }

    /// <param name="reply">To MAIL; null where the client is turned away before.</param>
    private async Task HelloAsync(string client, string? reply)
    {
        await using var session = Connect("smtp", IPAddress.Parse(client));
        await new ProtocolScript(session).RunAsync(reply is null
            ? "S: 220 …\nC: HELO printer\nS: 550 5.7.1 …"
            : $"S: 220 …\nC: HELO printer\nS: 250 …\nC: MAIL FROM:<a@device.invalid>\nS: {reply}");
    }

    private async Task SendAsync(string client, string sender, string header, string recipient = "friend@elsewhere.example", string reply = "250 2.0.0 …")
    {
        await using var session = Connect("smtp", IPAddress.Parse(client));
        await new ProtocolScript(session).RunAsync(Ehlo + $"""
            C: MAIL FROM:<{sender}>
            S: 250 2.1.0 …
            C: RCPT TO:<{recipient}>
            S: 250 2.1.5 …
            C: DATA
            S: 354 …
            C~ {header}\r\nhello\r\n.\r\n
            S: {reply}
            """);
    }

    private async Task RefuseAsync(string client, string? rcpt, string reply)
    {
        await using var session = Connect("smtp", IPAddress.Parse(client));
        var mail = rcpt is null ? $"S: {reply}" : $"S: 250 2.1.0 …\nC: {rcpt}\nS: {reply}";
        await new ProtocolScript(session).RunAsync($"{Ehlo}C: MAIL FROM:<a@device.invalid>\n{mail}");
    }

    private async Task<TrackingEvent> StoryAsync(string messageId) => (await Directory.Tracking.ReadAsync(messageId)).First(line => line.Event == "received");

    private static string Plain(string text) => text.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\r\\n", "\r\n", StringComparison.Ordinal);
}
