using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>A store that is away or damaged: a clear reply, and the session goes on.</summary>
[Collection(ImapCollection.Name)]
public sealed class FailureTests(ImapWorld world) : IDisposable
{
    private const string Selected = """
        C: p APPEND INBOX {16+}
        C: Subject: hi
        C:
        C: b
        S: p OK …
        C: p SELECT INBOX
        S/ FLAGS
        S/ PERMANENT
        S: * 1 EXISTS
        S: * 1 RECENT
        S/ UNSEEN
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: p OK …

        """;

    public void Dispose()
    {
        world.Blobs.CannotRead = world.Blobs.CannotWrite = false;
        world.Blobs.BreaksAfter = null;
    }

    [Fact]
    public async Task A_full_disk_refuses_the_message_and_keeps_the_connection_in_step()
    {
        world.Blobs.CannotWrite = true;
        await world.PlayAsync("""
            C: a APPEND INBOX {11+}
            C: Subject: hi
            S: a NO [UNAVAILABLE] …
            C: b STATUS INBOX (MESSAGES)
            S: * STATUS INBOX (MESSAGES 0)
            S: b OK …
            """);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_is_left_out()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"S: * OK …\nC: l LOGIN {user} \"{ImapWorld.Password}\"\nS: l OK …\n{Selected}");
        world.Blobs.CannotRead = true;
        await script.RunAsync("""
            C: a FETCH 1 BODY.PEEK[]
            S: a NO [UNAVAILABLE] …
            C: b FETCH 1 (ENVELOPE UID)
            S: * 1 FETCH (ENVELOPE (NIL "hi" NIL NIL NIL NIL NIL NIL NIL NIL) UID 1)
            S: b OK …
            C: c SEARCH BODY x
            S: * SEARCH
            S: c OK …
            """);
        world.Blobs.CannotRead = false;
        await script.RunAsync("""
            C: d FETCH 1 BODY.PEEK[TEXT]
            S: * 1 FETCH (BODY[TEXT] {1}
            S: b)
            S: d OK …
            """);
    }

    [Fact]
    public async Task A_store_that_breaks_within_a_literal_cuts_the_connection()
    {
        var user = await world.NewAccountAsync();
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"S: * OK …\nC: l LOGIN {user} \"{ImapWorld.Password}\"\nS: l OK …\n{Selected}");
        world.Blobs.BreaksAfter = 13;
        await session.SendAsync("a FETCH 1 BODY.PEEK[]\r\n");
        await session.Server.WaitAsync(TimeSpan.FromSeconds(20));
        // Nothing after the octets that could be taken for the rest of the message.
        Assert.Equal("* 1 FETCH (BODY[] {16}", await session.ReadLineAsync());
        Assert.Equal("Subject: hi", await session.ReadLineAsync());
        Assert.Null(await session.ReadLineAsync());
    }
}
