using System.Text;
using MailMesh.Ingress;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>RFC 3030: CHUNKING and BINARYMIME.</summary>
public sealed class BdatTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Envelope = """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.0 …
        S: 250 2.1.5 …

        """;

    private const string BinaryEnvelope = """
        C: MAIL FROM:<a@b.example> BODY=BINARYMIME
        C: RCPT TO:<alice@ours.example>
        S: 250 2.1.0 …
        S: 250 2.1.5 …

        """;

    [Fact]
    public async Task A_message_comes_in_chunks_each_with_its_reply()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + Envelope + """
            C: BDAT 19
            C~ Subject: chunks\r\n\r\n
            S: 250 2.0.0 Ok: 19 octets
            C: bdat 8
            C~ .\r\n..x\r\n
            S: 250 2.0.0 Ok: 8 octets
            C: BDAT 6 last
            C~ last\r\n
            S: 250 2.0.0 Ok: queued as {id}
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        // A dot at a line's start means nothing here, and stays.
        Assert.Equal("Subject: chunks\r\n\r\n.\r\n..x\r\nlast\r\n", SentText(TheMessage()));
        Assert.Equal(script.Captured["id"], TheMessage().MessageId);
        Assert.Equal(Encoding.UTF8.GetByteCount(StoredText(TheMessage())), TheMessage().SizeBytes);
        Assert.False(TheMessage().Envelope.BinaryMime);
        Assert.Equal(0, Blobs.OpenWriters);
    }

    [Fact]
    public async Task Whole_transactions_are_pipelined_in_one_packet()
    {
        await RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: BDAT 5
            C~ one\r\n
            C: BDAT 5
            C~ two\r\n
            C: BDAT 0 LAST
            C: MAIL FROM:<c@d.example>
            C: RCPT TO:<bob@ours.example>
            C: BDAT 7 LAST
            C~ three\r\n
            C: QUIT
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.0.0 Ok: 5 octets
            S: 250 2.0.0 Ok: 5 octets
            S: 250 2.0.0 Ok: queued as {first}
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 250 2.0.0 Ok: queued as {second}
            S: 221 …
            END
            """);
        Assert.Equal(["one\r\ntwo\r\n", "three\r\n"], Intake.Messages.OrderBy(m => m.Envelope.ReversePath, StringComparer.Ordinal).Select(SentText));
    }

    [Fact]
    public async Task Its_octets_are_never_commands()
    {
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 21 LAST
            C~ RSET\r\nQUIT\r\n.\r\nDATA\r\nBDAT 0 LAST\r\n
            S: 250 2.0.0 Ok: queued as {id}
            S: 503 5.5.1 Need MAIL command…
            """);
        Assert.Equal("RSET\r\nQUIT\r\n.\r\nDATA\r\n", SentText(TheMessage()));
    }

    [Fact]
    public async Task A_last_line_without_its_end_gets_one()
    {
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 14 LAST
            C~ Subject: x\r\n\r\n
            S: 250 2.0.0 …
            """ + "\n" + Envelope + """
            C: BDAT 10
            C~ Subject: x
            C: BDAT 0 LAST
            S: 250 2.0.0 …
            S: 250 2.0.0 …
            """ + "\n" + Envelope + """
            C: BDAT 0 LAST
            S: 250 2.0.0 …
            """);
        Assert.Equal(["", "Subject: x\r\n", "Subject: x\r\n\r\n"], Intake.Messages.Select(SentText).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(@"a bare \n LF", "554 5.6.0 Message contains a bare LF")]
    [InlineData(@"a bare \r CR", "554 5.6.0 Message contains a bare CR")]
    [InlineData(@"a CR at the end\r", "554 5.6.0 Message contains a bare CR")]
    [InlineData(@"a NUL \0 octet", "554 5.6.0 Message contains a NUL octet")]
    public async Task What_DATA_would_refuse_is_refused(string text, string reply)
    {
        await RunAsync(Ehlo + Envelope + $"""
            C: BDAT {OctetsOf(text)} LAST
            C~ {text}
            C: NOOP
            S: {reply}…
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task A_line_too_long_is_refused_though_its_end_never_comes()
    {
        await RunAsync(Ehlo + Envelope + $"""
            C: BDAT 999 LAST
            C~ {new string('x', 999)}
            S: 554 5.6.0 Message contains a line longer …
            """ + "\n" + Envelope + $"""
            C: BDAT 998 LAST
            C~ {new string('x', 998)}
            S: 250 2.0.0 …
            """);
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task What_is_pipelined_behind_a_refused_chunk_is_read_and_refused_alike()
    {
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 3
            C~ \n.\n
            C: BDAT 6
            C~ RSET\r\n
            C: BDAT 6 LAST
            C~ QUIT\r\n
            C: NOOP
            S: 554 5.6.0 Message contains a bare LF…
            S: 554 5.6.0 Message contains a bare LF…
            S: 554 5.6.0 Message contains a bare LF…
            S: 250 2.0.0 Ok
            """ + "\n" + Envelope + """
            C: BDAT 4 LAST
            C~ ok\r\n
            S: 250 2.0.0 …
            """);
        Assert.Equal("ok\r\n", SentText(TheMessage()));
        Assert.Equal((1, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task Rset_between_chunks_ends_the_message()
    {
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 5
            C~ one\r\n
            C: RSET
            C: BDAT 5 LAST
            C~ two\r\n
            S: 250 2.0.0 Ok: 5 octets
            S: 250 2.0.0 Ok
            S: 503 5.5.1 Need MAIL command…
            """ + "\n" + Envelope + """
            C: BDAT 7
            C~ three\r\n
            C: EHLO again.example
            S: 250 2.0.0 Ok: 7 octets
            S/ ^250-
            """);
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task The_envelope_is_closed_by_the_first_chunk()
    {
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 5
            C~ one\r\n
            C: DATA
            C: RCPT TO:<bob@ours.example>
            C: MAIL FROM:<c@d.example>
            C: STARTTLS
            C: NOOP
            C: BDAT 0 LAST
            S: 250 2.0.0 Ok: 5 octets
            S: 503 5.5.1 The message has begun by BDAT…
            S: 503 5.5.1 The message has begun by BDAT…
            S: 503 5.5.1 Sender already given…
            S: 503 5.5.1 Not allowed during a mail transaction…
            S: 250 2.0.0 Ok
            S: 250 2.0.0 Ok: queued as {id}
            """);
        Assert.Equal(["alice@ours.example"], TheMessage().Envelope.ForwardPaths);
    }

    [Fact]
    public async Task After_DATA_a_chunk_needs_a_transaction_of_its_own()
    {
        await RunAsync(Ehlo + Envelope + """
            C: DATA
            S: 354 …
            C: by data
            C: .
            C: BDAT 6 LAST
            C~ QUIT\r\n
            C: NOOP
            S: 250 2.0.0 Ok: queued as {id}
            S: 503 5.5.1 Need MAIL command…
            S: 250 2.0.0 Ok
            """);
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task Without_a_recipient_its_octets_are_read_and_no_later_recipient_gets_half_a_message()
    {
        await RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<nobody@ours.example>
            C: BDAT 6
            C~ QUIT\r\n
            C: RCPT TO:<alice@ours.example>
            C: BDAT 6 LAST
            C~ QUIT\r\n
            C: NOOP
            S: 250 2.1.0 …
            S: 550 5.1.1 …
            S: 554 5.5.1 No valid recipients…
            S: 503 5.5.1 The message has begun by BDAT…
            S: 554 5.5.1 No valid recipients…
            S: 250 2.0.0 Ok
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public Task Out_of_place_its_octets_are_read_all_the_same() => RunAsync("""
        S: 220 …
        C: BDAT 6 LAST
        C~ QUIT\r\n
        C: EHLO client.example
        S: 503 5.5.1 Send EHLO first…
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250-
        S/ ^250 
        C: BDAT 6
        C~ QUIT\r\n
        C: BDAT 0 LAST
        C: NOOP
        S: 503 5.5.1 Need MAIL command…
        S: 503 5.5.1 Need MAIL command…
        S: 250 2.0.0 Ok
        """);

    /// <summary>Where nobody knows how many octets follow, none of them may be taken for a command.</summary>
    [Theory]
    [InlineData("BDAT", "501 5.5.4")]
    [InlineData("BDAT x", "501 5.5.4")]
    [InlineData("BDAT -1", "501 5.5.4")]
    [InlineData("BDAT +1", "501 5.5.4")]
    [InlineData("BDAT LAST", "501 5.5.4")]
    [InlineData("BDAT 6 FIRST", "501 5.5.4")]
    [InlineData("BDAT 6 LAST LAST", "501 5.5.4")]
    [InlineData("BDAT 0x6 LAST", "501 5.5.4")]
    [InlineData("BDATA 6", "500 5.5.2")]
    [InlineData(@"bdat 6 \0LAST", "500 5.5.2")]
    public async Task A_chunk_whose_size_is_not_understood_ends_the_session(string line, string code)
    {
        await RunAsync(Ehlo + Envelope + $"""
            C~ {line}\r\n
            C~ NOOP\r\n
            S: {code} …
            END
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public async Task The_size_limit_is_for_all_chunks_together()
    {
        Options = Options with { MaxMessageBytes = 10 };
        await RunAsync(Ehlo + Envelope + """
            C: BDAT 6
            C~ 1234\r\n
            C: BDAT 4 LAST
            C~ 56\r\n
            S: 250 2.0.0 Ok: 6 octets
            S: 250 2.0.0 Ok: queued …
            """ + "\n" + Envelope + """
            C: BDAT 6
            C~ 1234\r\n
            C: BDAT 5 LAST
            C~ 567\r\n
            C: NOOP
            S: 250 2.0.0 Ok: 6 octets
            S: 552 5.3.4 …
            S: 250 2.0.0 Ok
            """);
        Assert.Single(Intake.Messages);
        Assert.Equal((1, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Theory]
    [InlineData("99999999")]
    [InlineData("9223372036854775807")]
    [InlineData("99999999999999999999999999999999999999999999")]
    public async Task An_absurd_size_is_refused_at_once_and_read_as_far_as_a_client_needs_to_see_that(string size)
    {
        Options = Options with { MaxMessageBytes = 1000, MaxDiscardBytes = 5000 };
        foreach (var envelope in new[] { Envelope, "" })
        {
            await using var session = Connect();
            var script = new ProtocolScript(session);
            await script.RunAsync(Ehlo + envelope + $"""
                C: BDAT {size}
                S: 552 5.3.4 …
                """);
            Assert.False(session.Server.IsCompleted);
            for (var i = 0; i < 100 && !session.Server.IsCompleted; i++)
                await session.SendAsync(new byte[100]);
            await script.RunAsync("END");
        }
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task A_client_that_leaves_within_its_chunks_leaves_nothing()
    {
        foreach (var chunks in new[] { @"BDAT 5\r\none\r\n", @"BDAT 500\r\none\r\n", @"BDAT 5\r\none\r\nBDAT 0 LA" })
        {
            await using var session = Connect();
            await new ProtocolScript(session).RunAsync(Ehlo + Envelope + $"C~ {chunks}");
            await session.CloseAsync();
            while (await session.ReadLineAsync() is not null)
            {
            }
        }
        Assert.Empty(Intake.Messages);
        Assert.Equal((0, 0), (Blobs.Count, Blobs.OpenWriters));
    }

    [Fact]
    public async Task A_reply_does_not_wait_for_the_octets_of_the_next_chunk()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + Envelope + """
            C: BDAT 5
            C~ one\r\n
            C: BDAT 5 LAST
            S: 250 2.0.0 Ok: 5 octets
            C~ two\r\n
            S: 250 2.0.0 Ok: queued …
            """);
    }

    [Fact]
    public async Task A_store_that_fails_gives_4xx_to_the_chunk_and_to_those_behind_it()
    {
        Blobs.Failing = () => new IOException("the disk is on fire");
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + Envelope + """
            C: BDAT 5
            C~ one\r\n
            C: BDAT 5 LAST
            C~ two\r\n
            S: 451 4.3.0 …
            S: 451 4.3.0 …
            """);
        Blobs.Failing = () => null;
        await script.RunAsync(Envelope + """
            C: BDAT 5 LAST
            C~ one\r\n
            S: 250 2.0.0 …
            """);
        Assert.Equal("one\r\n", SentText(TheMessage()));
        Assert.Equal(0, Blobs.OpenWriters);
    }

    [Fact]
    public async Task A_client_that_is_silent_within_a_chunk_is_told_so()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Ehlo + Envelope + "C: BDAT 500");
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the 421", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(30));
            return Task.FromResult(reply.IsCompleted);
        });
        Assert.StartsWith("421 4.4.2", await reply, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Past_the_messages_in_work_load_is_shed()
    {
        Options = Options with { MaxMessages = 1 };
        await using var first = Connect();
        await using var second = Connect();
        await new ProtocolScript(first, second).RunAsync($"""
            {Ehlo}{Envelope}
            C: BDAT 5
            C~ one\r\n
            S: 250 2.0.0 …
            S2: 220 …
            C2: HELO client.example
            C2: MAIL FROM:<a@b.example>
            C2: RCPT TO:<alice@ours.example>
            C2: BDAT 5 LAST
            C2~ one\r\n
            S2: 250 …
            S2: 250 2.1.0 …
            S2: 250 2.1.5 …
            S2: 421 4.3.2 …
            END2
            C: BDAT 0 LAST
            S: 250 2.0.0 …
            """);
        Assert.Null(Server.InWork.TryEnter(0));
        Assert.NotNull(Server.InWork.TryEnter(1));
    }

    [Fact]
    public async Task A_binary_message_is_any_octets_behind_a_header_that_is_text()
    {
        await RunAsync(Ehlo + BinaryEnvelope + """
            C: BDAT 14
            C~ Subject: x\r\n\r\n
            C: BDAT 9 LAST
            C~ \0\n.\n\r.\r\r\n
            S: 250 2.0.0 Ok: 14 octets
            S: 250 2.0.0 Ok: queued as {id}
            """);
        Assert.Equal("Subject: x\r\n\r\n\0\n.\n\r.\r\r\n", SentText(TheMessage()));
        Assert.True(TheMessage().Envelope.BinaryMime);
    }

    [Theory]
    [InlineData(@"Subject: x\n\r\n", "bare LF")]
    [InlineData(@"Subject: x\r\r\n", "bare CR")]
    [InlineData(@"Subject: \0\r\n\r\n", "NUL")]
    public async Task A_binary_message_has_a_header_all_the_same(string header, string what)
    {
        await RunAsync(Ehlo + BinaryEnvelope + $"""
            C: BDAT {OctetsOf(header)} LAST
            C~ {header}
            S/ ^554 5\.6\.0 Message contains a {what}
            """);
        Assert.Empty(Intake.Messages);
    }

    [Fact]
    public Task A_binary_message_does_not_come_by_DATA() => RunAsync(Ehlo + BinaryEnvelope + """
        C: DATA
        S: 503 5.5.1 BODY=BINARYMIME needs BDAT …
        C: BDAT 6 LAST
        C~ x\r\n\r\n\0
        S: 250 2.0.0 …
        """);

    /// <summary>Of a text with one-letter escapes.</summary>
    private static int OctetsOf(string escaped) => escaped.Replace("\\", "", StringComparison.Ordinal).Length;
}
