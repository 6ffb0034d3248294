using System.Text;
using CsCheck;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

public sealed class RetrievalTests : IAsyncLifetime
{
    private Pop3Home _home = null!;

    public async Task InitializeAsync() => _home = await Pop3Home.CreateAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task Dots_at_line_starts_are_stuffed()
    {
        await _home.AppendAsync(".header: x\n\n.\n..\n.x\nx.\n");
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: RETR 1
            S: +OK …
            S: ..header: x
            S:
            S: ..
            S: ...
            S: ..x
            S: x.
            S: .
            """);
    }

    [Fact]
    public async Task Message_without_a_final_line_end_gets_one()
    {
        await _home.AppendAsync("Subject: x\n\nlast");
        await _home.AppendAsync("");
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: RETR 1
            S: +OK 18 octets
            S: Subject: x
            S:
            S: last
            S: .
            C: RETR 2
            S: +OK 0 octets
            S: .
            C: NOOP
            S: +OK
            """);
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "one")]
    [InlineData(2, "one|..")]
    [InlineData(3, "one|..|three")]
    [InlineData(2000000000, "one|..|three")]
    public async Task Top_gives_the_header_and_lines_of_the_body(int lines, string expected)
    {
        await _home.AppendAsync("Subject: x\nTo: y\n\none\n.\nthree\n");
        var body = string.Concat(expected.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => $"S: {line}\n"));
        await _home.RunAsync($"{Pop3Home.Login}\nC: TOP 1 {lines}\nS: +OK …\nS: Subject: x\nS: To: y\nS:\n{body}S: .\nC: NOOP\nS: +OK");
    }

    [Fact]
    public async Task Top_of_a_message_without_a_body()
    {
        await _home.AppendAsync("Subject: x\n");
        await _home.RunAsync($"{Pop3Home.Login}\nC: TOP 1 5\nS: +OK …\nS: Subject: x\nS: .\nC: TOP 1\nS: -ERR …\nC: TOP 1 x\nS: -ERR …\nC: TOP 2 1\nS: -ERR No such message");
    }

    [Fact]
    public async Task Pipelined_commands_are_answered_in_order()
    {
        for (var i = 0; i < 200; i++)
            await _home.AppendAsync($"Subject: {i}\n\nbody {i}\n");
        var commands = string.Concat(Enumerable.Range(1, 200).Select(i => $"C: RETR {i}\nC: DELE {i}\n"));
        var replies = string.Concat(Enumerable.Range(1, 200).Select(i => $"S: +OK …\nS: Subject: {i - 1}\nS:\nS: body {i - 1}\nS: .\nS: +OK Message {i} deleted\n"));
        await _home.RunAsync($"{Pop3Home.Login}\n{commands}C: STAT\nC: QUIT\n{replies}S: +OK 0 0\nS: +OK Goodbye\nEND");
        Assert.Empty(await _home.InboxAsync());
    }

    [Fact]
    public async Task Newest_first_is_served_as_well()
    {
        for (var i = 1; i <= 150; i++)
            await _home.AppendAsync($"Subject: {i}\n\n");
        var script = string.Concat(Enumerable.Range(1, 150).Reverse().Select(i => $"C: TOP {i} 0\nS: +OK …\nS: Subject: {i}\nS:\nS: .\n"));
        await _home.RunAsync($"{Pop3Home.Login}\n{script}");
    }

    [Fact]
    public async Task Message_that_another_session_removed_is_an_error()
    {
        await _home.AppendAsync("Subject: x\n\n");
        await using var session = _home.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Pop3Home.Login);
        await _home.Store.Database.WriteAsync(async database =>
        {
            await database.ExecuteAsync("DELETE FROM messages");
            await database.ExecuteAsync("DELETE FROM contents");
        });
        await script.RunAsync("C: RETR 1\nS: -ERR The message was removed by another session\nC: NOOP\nS: +OK");
    }

    [Fact]
    public async Task Store_that_fails_is_a_temporary_error_and_the_session_goes_on()
    {
        await _home.AppendAsync("Subject: x\n\n");
        await using var session = _home.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Pop3Home.Login);
        await _home.Store.Database.WriteAsync(database => database.ExecuteAsync("UPDATE contents SET blob = 'no such reference'"));
        await script.RunAsync("C: RETR 1\nS: -ERR [SYS/TEMP] …\nC: NOOP\nS: +OK");
        await _home.Store.Database.WriteAsync(database => database.ExecuteAsync("ALTER TABLE contents RENAME TO contents_away"));
        await script.RunAsync("C: TOP 1 0\nS: -ERR [SYS/TEMP] …\nC: DELE 1\nS: +OK …");
        await _home.Store.Database.WriteAsync(database => database.ExecuteAsync("ALTER TABLE messages RENAME TO away"));
        await script.RunAsync("C: QUIT\nS: -ERR [SYS/TEMP] Some deleted messages were not removed\nEND");
        await _home.RunAsync("S: +OK …\nC: USER mary@example.test\nS: +OK …\nC: PASS secret word\nS: -ERR [SYS/TEMP] …\nC: STAT\nS: -ERR Log in first");
        await _home.Store.Database.WriteAsync(database => database.ExecuteAsync("ALTER TABLE away RENAME TO messages"));
        await _home.RunAsync(Pop3Home.Login);
    }

    /// <summary>What a client reads back, dots unstuffed, is what is stored, and a line end where there was none.</summary>
    [Fact]
    public async Task Octets_come_back_as_they_are_stored()
    {
        var pieces = Gen.OneOf(
            Gen.OneOf("\r\n", ".", "..", "\r\n.\r\n", "\n", "\n.\r\n", "\r", "x", new string('y', 20_000)), Gen.Char['\0', '\xFF'].Select(c => c.ToString()));
        var messages = new List<string>();
        pieces.Array[0, 20].Select(string.Concat).Sample(messages.Add, iter: 60, threads: 1);
        foreach (var message in messages)
        {
            var octets = Encoding.Latin1.GetBytes(message);
            var inbox = await _home.Store.Store.OpenAsync(_home.AccountId, "INBOX");
            await _home.Store.Store.AppendAsync(inbox.Mailbox.Id, new NewMessage(await _home.Store.PutAsync(octets), octets.Length, default, null, null));
        }
        await using var session = _home.Connect();
        await new ProtocolScript(session).RunAsync(Pop3Home.Login);
        for (var i = 1; i <= messages.Count; i++)
        {
            await session.SendAsync($"RETR {i}\r\n");
            Assert.Equal($"+OK {messages[i - 1].Length} octets", await session.ReadLineAsync());
            var expected = OnTheWire(messages[i - 1]);
            Assert.Equal(expected, Encoding.Latin1.GetString(await session.ReadOctetsAsync(expected.Length)));
        }
    }

    /// <summary>RFC 1939 §3, where a lone LF starts a line too: to clients that read by LF a lone dot would end the message.</summary>
    private static string OnTheWire(string message)
    {
        var stuffed = message.Replace("\n.", "\n..", StringComparison.Ordinal);
        if (stuffed.StartsWith('.'))
            stuffed = "." + stuffed;
        return stuffed.Length == 0 || stuffed.EndsWith("\r\n", StringComparison.Ordinal) ? stuffed + ".\r\n" : stuffed + "\r\n.\r\n";
    }
}
