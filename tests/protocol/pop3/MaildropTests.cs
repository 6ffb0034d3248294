using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Pop3;

public sealed class MaildropTests : IAsyncLifetime
{
    private Pop3Home _home = null!;

    public async Task InitializeAsync() => _home = await Pop3Home.CreateAsync();

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [Fact]
    public async Task Session_of_RFC_1939_section_10()
    {
        await AppendSizedAsync(120);
        await AppendSizedAsync(200);
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: STAT
            S: +OK 2 320
            C: LIST
            S: +OK 2 messages (320 octets)
            S: 1 120
            S: 2 200
            S: .
            C: RETR 1
            S: +OK 120 octets
            S: Subject: x
            S:
            S/ ^y{"{104}"}$
            S: .
            C: DELE 1
            S: +OK Message 1 deleted
            C: RETR 2
            S: +OK 200 octets
            S: Subject: x
            S:
            S/ ^y+$
            S: .
            C: DELE 2
            S: +OK Message 2 deleted
            C: QUIT
            S: +OK Goodbye
            END
            """);
        Assert.Empty(await _home.InboxAsync());
    }

    [Fact]
    public async Task Deleted_messages_are_gone_from_sight_and_RSET_brings_them_back()
    {
        await AppendSizedAsync(100);
        await AppendSizedAsync(110);
        await AppendSizedAsync(120);
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: DELE 2
            S: +OK …
            C: DELE 2
            S: -ERR No such message
            C: RETR 2
            S: -ERR No such message
            C: LIST 2
            S: -ERR No such message
            C: UIDL 2
            S: -ERR No such message
            C: STAT
            S: +OK 2 220
            C: LIST
            S: +OK …
            S: 1 100
            S: 3 120
            S: .
            C: RSET
            S: +OK 3 messages (330 octets)
            C: LIST 2
            S: +OK 2 110
            C: NOOP
            S: +OK
            C: QUIT
            S: +OK …
            END
            """);
        Assert.Equal(3, (await _home.InboxAsync()).Count);
    }

    [Fact]
    public async Task Without_QUIT_nothing_is_deleted()
    {
        await AppendSizedAsync(100);
        await using (var session = _home.Connect())
        {
            await new ProtocolScript(session).RunAsync($"{Pop3Home.Login}\nC: DELE 1\nS: +OK …");
            await session.CloseAsync();
            await session.Server;
        }
        Assert.Single(await _home.InboxAsync());
    }

    [Fact]
    public async Task Unique_ids_stay_when_numbers_move()
    {
        await AppendSizedAsync(100);
        await AppendSizedAsync(110);
        var inbox = await _home.Store.Store.OpenAsync(_home.AccountId, "INBOX");
        var validity = inbox.Mailbox.UidValidity;
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: UIDL
            S: +OK …
            S: 1 {validity}-1
            S: 2 {validity}-2
            S: .
            C: UIDL 2
            S: +OK 2 {validity}-2
            C: DELE 1
            S: +OK …
            C: QUIT
            S: +OK …
            """);
        await AppendSizedAsync(120);
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: UIDL
            S: +OK …
            S: 1 {validity}-2
            S: 2 {validity}-3
            S: .
            """);
    }

    [Fact]
    public async Task Maildrop_is_as_it_was_at_login()
    {
        await AppendSizedAsync(100);
        await AppendSizedAsync(110);
        await using var session = _home.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Pop3Home.Login);
        await AppendSizedAsync(120);
        var inbox = await _home.Store.Store.OpenAsync(_home.AccountId, "INBOX");
        await _home.Store.Store.ExpungeAsync(inbox.Mailbox.Id, [1], evenWithoutDeleted: true);
        await script.RunAsync("""
            C: STAT
            S: +OK 2 210
            C: RETR 2
            S: +OK 110 octets
            S: Subject: x
            S:
            S/ ^y+$
            S: .
            C: DELE 1
            S: +OK …
            C: QUIT
            S: +OK Goodbye
            END
            """);
        Assert.Equal([2, 3], (await _home.InboxAsync()).Select(message => message.Uid));
    }

    [Fact]
    public async Task Retrieved_messages_are_seen_after_QUIT_and_their_first_reading_is_told_once()
    {
        var message = await _home.Store.MessageAsync("delivered", _home.AccountId);
        await _home.Store.Store.DeliverAsync([message]);
        await AppendSizedAsync(100);
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: TOP 2 0
            S: +OK …
            S: Subject: x
            S:
            S: .
            C: RETR 1
            S: +OK …
            S: Return-Path: …
            S: From: …
            S: Subject: delivered
            S:
            S: delivered
            S: .
            C: QUIT
            S: +OK Goodbye
            """);
        Assert.Equal([SystemFlags.Seen, SystemFlags.None], (await _home.InboxAsync()).Select(listed => listed.Flags));
        await _home.RunAsync($"{Pop3Home.Login}\nC: RETR 1\nS: +OK …");
        var lines = await Wait(async () => await _home.Store.Database.ReadAsync(session =>
            session.ScalarAsync<long>("SELECT count(*) FROM tracking WHERE message_id = @id AND event = 'read'", ("@id", message.MessageId))));
        Assert.Equal(1, lines);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("3")]
    [InlineData("-1")]
    [InlineData("x")]
    [InlineData("99999999999999999999")]
    [InlineData("1 2")]
    public async Task Number_of_no_message(string number)
    {
        await AppendSizedAsync(100);
        await _home.RunAsync($"""
            {Pop3Home.Login}
            C: LIST {number}
            S: -ERR No such message
            C: DELE {number}
            S: -ERR No such message
            C: RETR {number}
            S: -ERR No such message
            """);
    }

    [Fact]
    public Task Command_without_its_number() => _home.RunAsync($"""
        {Pop3Home.Login}
        C: DELE
        S: -ERR No such message
        C: RETR
        S: -ERR No such message
        C: TOP 1
        S: -ERR TOP takes a message number and a number of lines
        C: XTND
        S: -ERR Unknown command
        C: LIST
        S: +OK 0 messages (0 octets)
        S: .
        """);

    private async Task<long> Wait(Func<Task<long>> count)
    {
        await _home.Tracking.FlushAsync();
        return await count();
    }

    private Task AppendSizedAsync(int size) => _home.AppendAsync("Subject: x\n\n" + new string('y', size - "Subject: x\r\n\r\n\r\n".Length) + "\n");
}
