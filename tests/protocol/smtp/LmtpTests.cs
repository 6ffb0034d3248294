using System.Net;
using MailMesh.Contracts;
using MailMesh.Testing;
using MailMesh.Wire;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RFC 2033: a server of ours hands over mail and hears of each recipient.</summary>
public sealed class LmtpTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Lhlo = """
        S: 220 mx.ours.example LMTP MailMesh
        C: LHLO front.ours.example
        S: 250-mx.ours.example greets front.ours.example
        S: 250-PIPELINING
        S: 250-SIZE …
        S: 250-8BITMIME
        S: 250-SMTPUTF8
        S: 250-ENHANCEDSTATUSCODES
        S: 250-CHUNKING
        S: 250-BINARYMIME
        S: 250-DSN
        S: 250-MT-PRIORITY …
        S: 250-DELIVERBY …
        S: 250-LIMITS …
        S: 250 STARTTLS

        """;

    private const string Envelope = """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: RCPT TO:<nobody@ours.example>
        C: RCPT TO:<sales@ours.example>
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 550 5.1.1 <nobody@ours.example>…
        S: 250 2.1.5 …
        S: 250 2.1.5 …

        """;

    private static readonly string _tooLargeForSmall = string.Concat(Enumerable.Repeat($"C: {new string('x', 98)}\n", 20));

    [Fact]
    public async Task Each_accepted_recipient_has_a_reply_in_order_and_the_same_twice_has_two()
    {
        await RunLmtpAsync(Lhlo + Envelope + """
            C: DATA
            S: 354 …
            C: Subject: x
            C:
            C: .
            S: 250 2.0.0 <alice@ours.example> Ok: queued as {id}
            S: 250 2.0.0 <sales@ours.example> Ok: queued as {id}
            S: 250 2.0.0 <alice@ours.example> Ok: queued as {id}
            C: QUIT
            S: 221 2.0.0 Bye
            END
            """);
        var message = TheMessage();
        Assert.Equal(["alice@ours.example", "sales@ours.example"], message.Envelope.ForwardPaths);
        Assert.Equal("lmtp", message.Connection.Listener);
        Assert.Matches("""^Received: from front\.ours\.example \(\[127\.0\.0\.1\]\)\r\n\tby mx\.ours\.example \(MailMesh\) with LMTP id """, StoredText(message));
    }

    [Fact]
    public async Task Chunks_have_one_reply_and_the_last_one_for_each_recipient()
    {
        await RunLmtpAsync(Lhlo + Envelope + """
            C: BDAT 5
            C~ one\r\n
            C: BDAT 5 LAST
            C~ two\r\n
            C: NOOP
            S: 250 2.0.0 Ok: 5 octets
            S: 250 2.0.0 <alice@ours.example> Ok: queued as {id}
            S: 250 2.0.0 <sales@ours.example> Ok: queued as {id}
            S: 250 2.0.0 <alice@ours.example> Ok: queued as {id}
            S: 250 2.0.0 Ok
            """);
        Assert.Equal("one\r\ntwo\r\n", SentText(TheMessage()));
    }

    [Fact]
    public async Task A_refused_message_is_refused_to_each_recipient()
    {
        Verdict = message => new MessageVerdict { MessageId = message.MessageId, Disposition = Disposition.Reject, ReplyCode = 554, EnhancedStatus = "5.7.1", ReplyText = "no" };
        await RunLmtpAsync(Lhlo + Envelope + """
            C: DATA
            S: 354 …
            C: .
            S: 554 5.7.1 <alice@ours.example> no…
            S: 554 5.7.1 <sales@ours.example> no…
            S: 554 5.7.1 <alice@ours.example> no…
            """ + "\n" + Envelope + """
            C: BDAT 1
            C~ \n
            C: BDAT 1 LAST
            C~ x
            S: 554 5.6.0 Message contains a bare LF…
            S: 554 5.6.0 <alice@ours.example> Message contains a bare LF…
            S: 554 5.6.0 <sales@ours.example> Message contains a bare LF…
            S: 554 5.6.0 <alice@ours.example> Message contains a bare LF…
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public Task What_cannot_be_kept_now_is_deferred_for_each_recipient()
    {
        Blobs.Failing = () => new IOException("the disk is on fire");
        return RunLmtpAsync(Lhlo + Envelope + """
            C: DATA
            S: 354 …
            C: .
            S: 451 4.3.0 <alice@ours.example> …
            S: 451 4.3.0 <sales@ours.example> …
            S: 451 4.3.0 <alice@ours.example> …
            """);
    }

    [Fact]
    public async Task Whoever_has_no_room_is_refused_alone()
    {
        await RunLmtpAsync(Lhlo + $"""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<tiny@ours.example> NOTIFY=FAILURE
            C: RCPT TO:<alice@ours.example> NOTIFY=NEVER
            C: RCPT TO:<small@ours.example>
            C: RCPT TO:<tiny@OURS.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 354 …
            {_tooLargeForSmall}C: .
            S: 452 4.2.2 <tiny@ours.example> mailbox is full, or has no room for a message of this size
            S: 250 2.0.0 <alice@ours.example> Ok: queued as {"{id}"}
            S: 452 4.2.2 <small@ours.example> mailbox is full…
            S: 452 4.2.2 <tiny@OURS.example> mailbox is full…
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        var envelope = TheMessage().Envelope;
        Assert.Equal(["alice@ours.example"], envelope.ForwardPaths);
        Assert.Equal(["alice@ours.example"], envelope.Requests.Select(request => request.ForwardPath));
    }

    [Fact]
    public async Task Where_nobody_has_room_nothing_is_kept()
    {
        await RunLmtpAsync(Lhlo + $"""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<tiny@ours.example>
            C: RCPT TO:<small@ours.example>
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            C: BDAT 1002 LAST
            C~ {new string('x', 500)}\r\n{new string('x', 498)}\r\n
            S: 452 4.2.2 <tiny@ours.example> mailbox is full…
            S: 452 4.2.2 <small@ours.example> mailbox is full…
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public Task Knows_no_EHLO_and_SMTP_no_LHLO() => Task.WhenAll(
        RunLmtpAsync("""
            S: 220 …
            C: EHLO client.example
            S: 500 5.5.1 This is LMTP, send LHLO …
            C: HELO client.example
            S: 500 5.5.1 This is LMTP, send LHLO …
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send LHLO first
            """),
        RunAsync("""
            S: 220 …
            C: LHLO client.example
            S: 500 5.5.1 This is SMTP, send EHLO…
            C: MAIL FROM:<a@b.example>
            S: 503 5.5.1 Send EHLO first
            """));

    [Fact]
    public Task Serves_our_own_recipients_alone_and_no_users() => RunLmtpAsync(Lhlo + """
        C: AUTH PLAIN AGEAYg==
        S: 502 5.5.1 …
        C: MAIL FROM:<alice@ours.example>
        S: 250 2.1.0 …
        C: RCPT TO:<somebody@elsewhere.example>
        S: 550 5.7.1 Relaying denied…
        C: DATA
        S: 503 5.5.1 No valid recipients…
        C: BDAT 6 LAST
        C~ QUIT\r\n
        S: 503 5.5.1 No valid recipients…
        C: RSET
        S: 250 2.0.0 Ok
        """);

    [Fact]
    public async Task Whoever_may_relay_by_SMTP_may_not_by_LMTP()
    {
        Assert.True(NetworkList.TryParse("10.77.0.0/24", out var printers));
        Options = Options with { LmtpNetworks = printers };
        await using var session = Connect("lmtp", IPAddress.Parse("10.77.0.7"));
        await new ProtocolScript(session).RunAsync(Lhlo + """
            C: MAIL FROM:<scanner@device.invalid>
            S: 250 2.1.0 …
            C: RCPT TO:<somebody@elsewhere.example>
            S: 550 5.7.1 Relaying denied…
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.5 …
            """);
    }

    [Fact]
    public Task An_alias_that_leads_nowhere_is_nobody() => RunLmtpAsync(Lhlo + """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<dangling@ours.example>
        S: 250 2.1.0 …
        S: 550 5.1.1 <dangling@ours.example>: no such user here…
        """);

    [Fact]
    public async Task Repeated_recipients_are_bounded()
    {
        Options = Options with { MaxRecipients = 2 };
        await RunLmtpAsync(Lhlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<alice@ours.example>
            C: RCPT TO:<alice@ours.example>
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.1.5 …
            S: 452 4.5.3 …
            """);
    }

    [Fact]
    public async Task Other_networks_are_turned_away()
    {
        await using var session = Connect("lmtp", IPAddress.Parse("192.0.2.1"));
        await new ProtocolScript(session).RunAsync("""
            S: 554 5.7.1 LMTP is for mail servers of our own network, use SMTP…
            END
            """);
    }

    [Fact]
    public async Task A_server_of_ours_has_as_many_sessions_as_it_wants()
    {
        Assert.True(NetworkList.TryParse("192.0.2.0/24", out var front));
        Options = Options with { MaxConnections = 1, MaxConnectionsPerAddress = 1, LmtpNetworks = front };
        var client = IPAddress.Parse("192.0.2.1");
        await using var first = Connect("lmtp", client);
        await using var second = Connect("lmtp", client);
        await new ProtocolScript(first, second).RunAsync("""
            S: 220 …
            S2: 220 …
            """);
    }

    private async Task RunLmtpAsync(string transcript)
    {
        await using var session = Connect("lmtp");
        await new ProtocolScript(session).RunAsync(transcript);
    }
}
