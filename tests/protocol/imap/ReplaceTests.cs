using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 8508 REPLACE.</summary>
[Collection(ImapCollection.Name)]
public sealed class ReplaceTests(ImapWorld world)
{
    [Fact]
    public async Task A_message_takes_the_place_of_another()
    {
        var (script, sessions) = await StartAsync();
        await script.RunAsync("""
            C1: a REPLACE 2 INBOX (\Seen) {8}
            S1: + …
            C1~ A: 4\r\n\r\n\r\n
            S1: * OK [APPENDUID {validity} 4] …
            S1: * 2 EXPUNGE
            S1: * 3 EXISTS
            S1: * 3 RECENT
            S1: a OK …
            C2: b NOOP
            S2: * 2 EXPUNGE
            S2: * 3 EXISTS
            S2: * 0 RECENT
            S2: b OK …
            C2: c FETCH 1:* (UID FLAGS)
            S2: * 1 FETCH (UID 1 FLAGS ())
            S2: * 2 FETCH (UID 3 FLAGS ())
            S2: * 3 FETCH (UID 4 FLAGS (\Seen))
            S2: c OK …
            C1: d UID REPLACE 1 Drafts {8+}
            C1~ A: 5\r\n\r\n\r\n
            S1: * OK [APPENDUID {drafts} 1] …
            S1: * 1 EXPUNGE
            S1: d OK …
            C1: e STATUS Drafts (MESSAGES)
            S1: * STATUS Drafts (MESSAGES 1)
            S1: e OK …
            C1: f REPLACE 1 INBOX CATENATE (URL ";UID=3" TEXT {1+}
            C1~ x)\r\n
            S1: * OK [APPENDUID {validity} 5] …
            S1: * 1 EXPUNGE
            S1: * 2 EXISTS
            S1: * 2 RECENT
            S1: f OK …
            """);
        await EndAsync(sessions);
    }

    [Fact]
    public async Task A_star_is_the_last_message()
    {
        var (script, sessions) = await StartAsync();
        await script.RunAsync("""
            C1: a REPLACE * INBOX {8+}
            C1~ A: 4\r\n\r\n\r\n
            S1: * OK [APPENDUID {validity} 4] …
            S1: * 3 EXPUNGE
            S1: * 3 EXISTS
            S1/ RECENT
            S1: a OK …
            C1: b UID REPLACE * Drafts {8+}
            C1~ A: 5\r\n\r\n\r\n
            S1: * OK [APPENDUID {drafts} 1] …
            S1: * 3 EXPUNGE
            S1: b OK …
            C1: c UID SEARCH ALL
            S1: * SEARCH 1 2
            S1: c OK …
            # Of no message there is no last one.
            C1: d CREATE Empty
            S1: d OK …
            C1: e SELECT Empty
            S1> e OK …
            C1: f REPLACE * INBOX {8}
            S1: f BAD …
            C1: g UID REPLACE * INBOX {8}
            S1: g BAD …
            """);
        await EndAsync(sessions);
    }

    [Fact]
    public async Task What_cannot_be_replaced_leaves_all_as_it_was()
    {
        var (script, sessions) = await StartAsync();
        await script.RunAsync("""
            C1: a REPLACE 4 INBOX {8}
            S1: a BAD …
            C1: b UID REPLACE 9 INBOX {8}
            S1: b NO …
            C1: c REPLACE 1 Nowhere {8}
            S1: c NO [TRYCREATE] …
            C1: d REPLACE 1 INBOX {8+}
            C1~ A: 4\r\n\r\n {1+}\r\nx\r\n
            S1: d BAD …
            C1: e REPLACE 1:2 INBOX {8+}
            C1~ A: 4\r\n\r\n\r\n
            S1: e BAD …
            C1: f REPLACE 1 INBOX {0}
            S1: f NO [CANNOT] …
            # While the message comes, another session removes the one that it replaces.
            C1: g REPLACE 1 INBOX {8}
            S1: + …
            C2: h UID STORE 1 +FLAGS.SILENT (\Deleted)
            S2: h OK …
            C2: i EXPUNGE
            S2: * 1 EXPUNGE
            S2: i OK …
            C1~ A: 4\r\n\r\n\r\n
            S1: * 1 EXPUNGE
            S1: g NO [EXPUNGEISSUED] …
            C1: j UID REPLACE 1 INBOX {8}
            S1: j NO [EXPUNGEISSUED] …
            C1: k EXAMINE INBOX
            S1> k OK …
            C1: l REPLACE 1 INBOX {8}
            S1: l NO …
            """);
        await EndAsync(sessions);
    }

    /// <summary>Two sessions with INBOX selected, which has three messages.</summary>
    private async Task<(ProtocolScript Script, ScriptedSession[] Sessions)> StartAsync()
    {
        var user = await world.NewAccountAsync();
        for (var i = 1; i <= 3; i++)
            await world.AddMessageAsync(user, $"A: {i}\r\n\r\n");
        var server = world.Server();
        ScriptedSession[] sessions = [world.Connect(server), world.Connect(server)];
        var script = new ProtocolScript(sessions);
        for (var i = 1; i <= 2; i++)
        {
            await script.RunAsync($$"""
                S{{i}}: * OK …
                C{{i}}: login LOGIN {{user}} "{{ImapWorld.Password}}"
                S{{i}}: login OK …
                C{{i}}: s SELECT INBOX
                S{{i}}> * OK [UIDVALIDITY {validity}] …
                S{{i}}> s OK …
                """);
        }
        return (script, sessions);
    }

    private static async Task EndAsync(ScriptedSession[] sessions)
    {
        foreach (var session in sessions)
            await session.DisposeAsync();
    }
}
