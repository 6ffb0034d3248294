using System.Text;
using MailMesh.Contracts;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

public sealed class DataTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Transaction = Ehlo + """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 354 End data with <CR><LF>.<CR><LF>

        """;

    [Fact]
    public async Task Keeps_a_message_octet_by_octet_and_names_its_trace()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Transaction + """
            C: Subject: dots
            C:
            C: ..one dot
            C: ...
            C: 文字 and tabs	kept 
            C:
            C: .
            S: 250 2.0.0 Ok: queued as {id}
            C: QUIT
            S: 221 …
            """);
        var message = TheMessage();
        Assert.Equal("Subject: dots\r\n\r\n.one dot\r\n..\r\n文字 and tabs\tkept \r\n\r\n", SentText(message));
        Assert.Matches("^[0-9a-f]{32}$", script.Captured["id"]);
        Assert.Equal(message.MessageId, script.Captured["id"]);
        Assert.Equal(Encoding.UTF8.GetByteCount(StoredText(message)), message.SizeBytes);
        Assert.Equal("a@b.example", message.Envelope.ReversePath);
        Assert.Equal(["alice@ours.example"], message.Envelope.ForwardPaths);
        Assert.Equal("192.0.2.1", message.Connection.RemoteAddress);
        Assert.Equal("client.example", message.Connection.Helo);
        Assert.Equal("smtp", message.Connection.Listener);
        Assert.NotNull(message.VerdictTo);
        Assert.Equal(0, Blobs.OpenWriters);
    }

    [Fact]
    public async Task Begins_the_message_with_its_trace_field()
    {
        await RunAsync(Transaction + """
            C: Subject: x
            C:
            C: .
            S: 250 2.0.0 …
            """);
        var message = TheMessage();
        Assert.Matches(
            $"""^Received: from client\.example \(\[192\.0\.2\.1\]\)\r\n\tby mx\.ours\.example \(MailMesh\) with ESMTP id {message.MessageId}\r\n\tfor <alice@ours\.example>;\r\n\t[A-Z][a-z][a-z], \d\d [A-Z][a-z][a-z] \d\d\d\d \d\d:\d\d:\d\d \+0000\r\nSubject: x\r\n""",
            StoredText(message));
    }

    [Fact]
    public async Task An_empty_message_is_a_message()
    {
        await RunAsync(Transaction + """
            C: .
            S: 250 2.0.0 …
            """);
        Assert.Equal("", SentText(TheMessage()));
    }

    [Fact]
    public async Task Several_messages_go_over_one_connection_pipelined()
    {
        await RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: one
            C: .
            C: MAIL FROM:<c@d.example>
            C: RCPT TO:<bob@ours.example>
            C: DATA
            S: 250 2.0.0 Ok: queued as {first}
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: two
            C: .
            C: QUIT
            S: 250 2.0.0 Ok: queued as {second}
            S: 221 2.0.0 Bye
            END
            """);
        Assert.Equal(["one\r\n", "two\r\n"], Intake.Messages.OrderBy(m => m.Envelope.ReversePath, StringComparer.Ordinal).Select(SentText));
    }

    [Fact]
    public Task Comes_after_a_recipient() => RunAsync("""
        S: 220 …
        C: DATA
        S: 503 5.5.1 Send EHLO first
        C: HELO client.example
        S: 250 …
        C: DATA
        S: 503 5.5.1 Need MAIL command
        C: MAIL FROM:<>
        S: 250 2.1.0 …
        C: DATA
        S: 554 5.5.1 No valid recipients, see the replies to RCPT
        C: DATA now
        S: 501 5.5.4 …
        """);

    [Fact]
    public async Task A_client_that_leaves_within_its_message_leaves_nothing()
    {
        await using (var session = Connect())
        {
            await new ProtocolScript(session).RunAsync(Transaction + "C: half a message");
            await session.CloseAsync();
            Assert.Null(await session.ReadLineAsync());
        }
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_read_to_its_end_and_refused()
    {
        Options = Options with { MaxMessageBytes = 1000 };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Transaction);
        for (var i = 0; i < 2000; i++)
            await session.SendAsync("forty octets of a message, with its end\r\n");
        await script.RunAsync("""
            C: .
            C: NOOP
            S: 552 5.3.4 Message size exceeds the limit, which the reply to EHLO names
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task A_message_of_exactly_the_limit_is_taken()
    {
        Options = Options with { MaxMessageBytes = 10 };
        await RunAsync(Transaction + """
            C: 12345678
            C: .
            S: 250 2.0.0 …
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: 123456789
            C: .
            S: 552 5.3.4 …
            """);
    }

    [Fact]
    public async Task A_client_whose_wrong_message_never_ends_is_cut_off_too()
    {
        Options = Options with { MaxMessageBytes = 1000, MaxDiscardBytes = 100_000 };
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Transaction);
        await session.SendAsync("a bare\nLF, and then for ever\r\n");
        var line = Encoding.ASCII.GetBytes(new string('x', 998) + "\r\n");
        for (var i = 0; i < 110; i++)
            await session.SendAsync(line);
        await new ProtocolScript(session).RunAsync("""
            S: 554 5.6.0 Message contains a bare LF …
            END
            """);
    }

    [Fact]
    public async Task A_client_that_never_ends_is_cut_off()
    {
        Options = Options with { MaxMessageBytes = 1000, MaxDiscardBytes = 100_000 };
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Transaction);
        var line = Encoding.ASCII.GetBytes(new string('x', 998) + "\r\n");
        for (var i = 0; i < 110; i++)
            await session.SendAsync(line);
        await new ProtocolScript(session).RunAsync("""
            S: 552 5.3.4 Message size exceeds the limit, which the reply to EHLO names
            END
            """);
    }

    [Fact]
    public async Task A_line_may_have_a_thousand_octets_and_not_one_more()
    {
        await RunAsync(Transaction + $"""
            C: .{new string('.', 998)}
            C: {new string('x', 998)}
            C: .
            S: 250 2.0.0 …
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: {new string('x', 999)}
            C: .
            S: 554 5.6.0 Message contains a line longer than allowed …
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task A_full_disk_is_told_and_the_connection_goes_on()
    {
        var full = true;
        Blobs.Failing = () => full ? new IOException("No space left on device", 28) : null;
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Transaction + """
            C: Subject: x
            C:
            C: .
            S: 452 4.3.1 Insufficient system storage, try again later
            """);
        full = false;
        await script.RunAsync("""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: .
            S: 250 2.0.0 …
            """);
    }

    [Fact]
    public async Task A_store_that_fails_at_the_last_moment_is_told()
    {
        var writes = 0;
        Blobs.Failing = () => ++writes > 2 ? new IOException("the store is away") : null;
        await RunAsync(Transaction + """
            C: x
            C: .
            S: 451 4.3.0 Temporary failure on our side, try again later
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public async Task An_intake_that_fails_is_never_answered_250()
    {
        Intake.Accepted = _ => throw new IOException("the spool is away");
        await RunAsync(Transaction + """
            C: x
            C: .
            S: 451 4.3.0 Temporary failure on our side, try again later
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public async Task A_message_of_eight_bits_is_taken_without_being_declared()
    {
        await RunAsync(Transaction + """
            C~ \xE4\xF6\xFC\r\n.\r\n
            S: 250 2.0.0 …
            """);
        var stored = Blobs[TheMessage().Body];
        Assert.Equal([0xE4, 0xF6, 0xFC, 0x0D, 0x0A], stored[^5..]);
    }

    [Fact]
    public async Task The_envelope_says_what_mail_declared()
    {
        await RunAsync(Ehlo + """
            C: MAIL FROM:<> SMTPUTF8 BODY=8BITMIME
            C: RCPT TO:<用户@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: .
            S: 250 2.0.0 …
            """);
        var message = TheMessage();
        Assert.Equal(("", true, true), (message.Envelope.ReversePath, message.Envelope.Smtputf8, message.Envelope.EightBitMime));
        Assert.Contains("with UTF8SMTP id", StoredText(message), StringComparison.Ordinal);
    }
}
