using System.Text;
using MailMesh.Integration.Tests.Server;
using MailMesh.Testing;

namespace MailMesh.Integration.Tests.Failure;

/// <summary>Input that no decent client sends: each gets a clear reply, and the server goes on as before.</summary>
[Collection(SharedServerCollection.Name)]
public sealed class BadInputTests(SharedServer shared) : IAsyncLifetime
{
    private readonly RunningServer _server = shared.Server;
    private int _processId;

    public Task InitializeAsync()
    {
        _processId = _server.ProcessId;
        return Task.CompletedTask;
    }

    /// <summary>After each of them: the same process, alive, and with memory to speak of in megabytes.</summary>
    public async Task DisposeAsync()
    {
        Assert.Equal(_processId, _server.ProcessId);
        Assert.False(_server.HasExited);
        using var live = await _server.Http.GetAsync(new Uri("health/live", UriKind.Relative));
        Assert.True(live.IsSuccessStatusCode);
        Assert.True(ProcessUse.Of(_processId).ResidentBytes < 1L << 30, "The server has grown past 1 GiB.");
    }

    /// <summary>SMTP smuggling: an end of data that is not CRLF.CRLF must neither end the message nor be handed on.</summary>
    [Theory]
    [InlineData("\n.\n")]
    [InlineData("\n.\r\n")]
    [InlineData("\r\n.\n")]
    [InlineData("\r.\r")]
    [InlineData("\r\n.\r")]
    [InlineData("\r.\r\n")]
    public async Task No_other_line_ending_is_the_end_of_a_message(string ending)
    {
        var account = await _server.NewAccountAsync("smuggle");
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        (await smtp.CommandAsync("MAIL FROM:<sender@client.example>")).Expect(250);
        (await smtp.CommandAsync($"RCPT TO:<{account}>")).Expect(250);
        (await smtp.CommandAsync("DATA")).Expect(354);
        await smtp.SendAsync($"Subject: one\r\n\r\nbody{ending}MAIL FROM:<smuggler@client.example>\r\nRCPT TO:<{account}>\r\nDATA\r\nSubject: two\r\n\r\nbody\r\n.\r\n");
        var reply = await smtp.ReadReplyAsync();
        Assert.True(reply.Code is >= 500 and < 600, $"Got {reply.Code} {reply.Text}");
        // One message got one reply: the session is where it says it is.
        (await smtp.CommandAsync("NOOP")).Expect(250);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("honest@client.example"))).Expect(250);
        await _server.SettleAsync();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        Assert.Equal(1, await imap.CountAsync());
    }

    [Fact]
    public async Task A_message_larger_than_allowed_is_refused_by_its_octets()
    {
        var account = await _server.NewAccountAsync("oversize");
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        (await smtp.CommandAsync("MAIL FROM:<sender@client.example>")).Expect(250);
        (await smtp.CommandAsync($"RCPT TO:<{account}>")).Expect(250);
        (await smtp.CommandAsync("DATA")).Expect(354);
        var mebibyte = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(new string('x', 62) + "\r\n", 16384)));
        await smtp.SendAsync("Subject: large\r\n\r\n");
        for (var i = 0; i < 60; i++)
            await smtp.SendAsync(mebibyte);
        await smtp.SendAsync(".\r\n");
        (await smtp.ReadReplyAsync()).Expect(552);
        (await smtp.SendMailAsync("sender@client.example", [account], SampleMessages.Plain("small@client.example"))).Expect(250);
    }

    [Fact]
    public async Task Ten_thousand_recipients_are_refused_past_the_limit_and_the_others_served_once()
    {
        var account = await _server.NewAccountAsync("many");
        var (name, domain) = (account.Split('@')[0], account.Split('@')[1]);
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
        (await smtp.CommandAsync("MAIL FROM:<sender@client.example>")).Expect(250);
        var accepted = 0;
        for (var batch = 0; batch < 100; batch++)
        {
            await smtp.SendAsync(string.Concat(Enumerable.Range(batch * 100, 100).Select(i => $"RCPT TO:<{name}+{i}@{domain}>\r\n")));
            for (var i = 0; i < 100; i++)
            {
                var reply = await smtp.ReadReplyAsync();
                Assert.True(reply.Code is 250 or 452, $"Recipient {batch * 100 + i} got {reply.Code} {reply.Text}");
                accepted += reply.Code == 250 ? 1 : 0;
            }
        }
        Assert.InRange(accepted, 100, 9_999);
        (await smtp.CommandAsync("DATA")).Expect(354);
        await smtp.SendAsync(SmtpWire.DotStuffed(SampleMessages.Plain("many@client.example")));
        (await smtp.ReadReplyAsync()).Expect(250);
        await _server.SettleAsync();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        Assert.Equal(1, await imap.CountAsync()); // one account, however many details
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(20000)]
    public async Task MIME_nested_beyond_reason_is_delivered_and_its_structure_answers(int depth)
    {
        var account = await _server.NewAccountAsync("deep");
        var message = SampleMessages.Nested(depth);
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
            (await smtp.SendMailAsync("sender@client.example", [account], message)).Expect(250);
        await _server.SettleAsync();
        await using var imap = await ImapWire.LoginAsync(_server, account);
        (await imap.CommandAsync("EXAMINE INBOX")).Expect("OK");
        Assert.Contains("BODYSTRUCTURE (", (await imap.CommandAsync("FETCH 1 BODYSTRUCTURE")).Expect("OK").All, StringComparison.Ordinal);
        Assert.True((await imap.CommandAsync("FETCH 1 BODY.PEEK[]")).Expect("OK").Literal.AsSpan().EndsWith(message));
        (await imap.CommandAsync("FETCH 1 BODY.PEEK[1.1.1.1.1.1.1.1]")).Expect("OK");
        (await imap.CommandAsync("SEARCH BODY bottom")).Expect("OK");
    }

    [Fact]
    public async Task Data_before_the_greeting_does_no_harm()
    {
        await using var smtp = await SmtpWire.ConnectSilentlyAsync(_server.Ports.Smtp);
        await smtp.SendAsync("EHLO early.example\r\nNOOP\r\n");
        var first = await smtp.ReadReplyAsync();
        Assert.True(first.Code is 220 or 554, $"Got {first.Code} {first.Text}");
    }

    [Fact]
    public async Task Lines_without_end_and_unknown_commands_get_replies_and_an_end()
    {
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
        {
            (await smtp.CommandAsync("NOOP " + new string('x', 5000))).Expect(500);
            (await smtp.CommandAsync("XYZZY")).Expect(500);
            (await smtp.CommandAsync("\0\0\0")).Expect(500);
        }
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
        {
            // A line of 64 MiB is never kept: it is answered once, or the connection ends.
            var chunk = Encoding.ASCII.GetBytes(new string('y', 1 << 20));
            try
            {
                for (var i = 0; i < 64; i++)
                    await smtp.SendAsync(chunk);
                await smtp.SendAsync("\r\n");
                var reply = await smtp.ReadReplyAsync();
                Assert.True(reply.Code is 500 or 421, $"Got {reply.Code} {reply.Text}");
            }
            catch (IOException)
            {
                // closed, which is an end as well
            }
        }
        await using (var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp))
        {
            smtp.Patience = TimeSpan.FromSeconds(30);
            var codes = new List<int>();
            try
            {
                for (var i = 0; i < 100_000 && !codes.Contains(421); i++)
                    codes.Add((await smtp.CommandAsync($"BAD{i}")).Code);
            }
            catch (IOException)
            {
                // closed after too many
            }
            Assert.InRange(codes.Count, 3, 99_999);
        }
    }

    [Fact]
    public async Task STARTTLS_drops_what_was_sent_in_clear_behind_it()
    {
        await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Submission);
        await smtp.SendAsync("STARTTLS\r\nMAIL FROM:<injected@client.example>\r\n");
        (await smtp.ReadReplyAsync()).Expect(220);
        await smtp.UseTlsAsync();
        // The next reply belongs to this EHLO, and no transaction has begun.
        (await smtp.CommandAsync("EHLO client.example")).Expect(250);
        var reply = await smtp.CommandAsync("RCPT TO:<postmaster@mesh.test>");
        Assert.True(reply.Code is 503 or 530, $"Got {reply.Code} {reply.Text}");
    }

    [Theory]
    [InlineData("a LOGIN {999999999999}\r\n")]
    [InlineData("a LOGIN {2000000000}\r\n")]
    [InlineData("a LOGIN {3000000000+}\r\n")]
    [InlineData("a AUTHENTICATE PLAIN {4294967297}\r\n")]
    public async Task An_IMAP_literal_of_a_stranger_beyond_reason_is_refused(string command)
    {
        await using var imap = await ImapWire.ConnectAsync(_server.Ports.Imaps, tls: true);
        await imap.SendAsync(command);
        Assert.True(await IsRefusedAsync(imap, "a"));
    }

    [Fact]
    public async Task A_literal_that_is_sent_unasked_and_too_large_ends_the_session_with_a_word()
    {
        await using var imap = await ImapWire.ConnectAsync(_server.Ports.Imaps, tls: true);
        await imap.SendAsync("a LOGIN {10000000+}\r\n");
        Assert.StartsWith("* BYE [TOOBIG]", (await imap.ReadResponseAsync()).Text, StringComparison.Ordinal);
        Assert.True(await imap.IsClosedByServerAsync());
        await using var other = await ImapWire.ConnectAsync(_server.Ports.Imaps, tls: true);
        (await other.CommandAsync("NOOP")).Expect("OK");
    }

    [Fact]
    public async Task An_APPEND_beyond_the_limit_is_refused_before_its_octets_and_the_session_goes_on()
    {
        var account = await _server.NewAccountAsync("append");
        await using var imap = await ImapWire.LoginAsync(_server, account);
        await imap.SendAsync("big APPEND INBOX {99999999999}\r\n");
        Assert.True(await IsRefusedAsync(imap, "big"));
        await using var again = await ImapWire.LoginAsync(_server, account);
        (await again.CommandAsync("NOOP")).Expect("OK");
    }

    [Fact]
    public async Task Nonsense_in_IMAP_and_POP3_is_answered()
    {
        var account = await _server.NewAccountAsync("nonsense");
        await using var imap = await ImapWire.LoginAsync(_server, account);
        (await imap.CommandAsync("FETCH (((((((((((((")).Expect("BAD");
        (await imap.CommandAsync("SELECT INBOX")).Expect("OK");
        foreach (var bad in new[] { "SEARCH " + new string('(', 20000), "FETCH 1:* BODY[" + string.Concat(Enumerable.Repeat("1.", 5000)) + "1]", "UID", "SEARCH NOT", "STORE 1 FLAGS", "FETCH 0 FLAGS", "FETCH 4294967296 FLAGS", "LIST" })
        {
            var answer = await imap.CommandAsync(bad);
            Assert.True(answer.Status is "BAD" or "NO", $"{bad[..Math.Min(40, bad.Length)]} got {answer.Status} {answer.Text}");
        }
        await using var pop = await PopWire.LoginAsync(_server, account);
        foreach (var bad in new[] { "RETR 999", "RETR -1", "RETR", "TOP 1", "XYZZY", "DELE 99999999999999999999", "LIST x" })
            Assert.StartsWith("-ERR", await pop.CommandAsync(bad), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_connections_that_say_nothing_leave_room_for_others()
    {
        var silent = new List<SmtpWire>();
        try
        {
            for (var i = 0; i < 300; i++)
                silent.Add(await SmtpWire.ConnectSilentlyAsync(_server.Ports.Smtp));
            await using var smtp = await SmtpWire.GreetAsync(_server.Ports.Smtp);
            (await smtp.CommandAsync("NOOP")).Expect(250);
        }
        finally
        {
            foreach (var connection in silent)
                await connection.DisposeAsync();
        }
    }

    private static async Task<bool> IsRefusedAsync(ImapWire imap, string tag)
    {
        imap.Patience = TimeSpan.FromSeconds(20);
        try
        {
            return (await imap.ReadAnswerAsync(tag)).Status is "BAD" or "NO";
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException)
        {
            return true; // * BYE and closed
        }
    }
}
