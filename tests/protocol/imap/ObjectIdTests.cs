using MailMesh.Testing;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 8474 OBJECTID and RFC 8514 SAVEDATE.</summary>
[Collection(ImapCollection.Name)]
public sealed class ObjectIdTests(ImapWorld world)
{
    [Fact]
    public Task A_mailbox_keeps_its_id_by_whatever_name() => world.PlayAsync("""
        C: a CREATE one
        S: a OK [MAILBOXID ({one})] …
        C: b STATUS one (MAILBOXID UIDVALIDITY)
        S: * STATUS one (MAILBOXID ({one}) UIDVALIDITY …)
        S: b OK …
        C: c RENAME one two
        S: c OK …
        C: d SELECT two
        S> * OK [MAILBOXID ({one})] …
        S/ URLMECH
        S: d OK …
        C: e EXAMINE INBOX
        S> * OK [MAILBOXID ({inbox})] …
        S/ URLMECH
        S: e OK …
        C: f LIST "" two RETURN (STATUS (MAILBOXID))
        S: * LIST (\HasNoChildren) "/" two
        S: * STATUS two (MAILBOXID ({one}))
        S: f OK …
        C: g CREATE two/below
        S: g OK [MAILBOXID (…)] …
        C: h DELETE two
        S: h OK …
        C: i CREATE two
        S/ ^i OK \[MAILBOXID \((?<again>[A-Za-z0-9_-]+)\)\]
        C: j STATUS two (MAILBOXID)
        S: * STATUS two (MAILBOXID ({again}))
        S: j OK …
        C: k RENAME INBOX old
        S: k OK …
        C: l STATUS INBOX (MAILBOXID)
        S: * STATUS INBOX (MAILBOXID ({inbox}))
        S: l OK …
        C: m CREATE INBOX
        S: m NO [ALREADYEXISTS] …
        """);

    [Fact]
    public async Task A_name_that_is_made_again_is_another_mailbox()
    {
        await using var session = world.Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync($"""
            S: * OK …
            C: l LOGIN {await world.NewAccountAsync()} "{ImapWorld.Password}"
            S: l OK …
            """);
        await script.RunAsync("""
            C: a CREATE one/two
            S: a OK …
            C: b STATUS one (MAILBOXID)
            S/ MAILBOXID \((?<first>[^)]+)\)
            S: b OK …
            C: c DELETE one
            S: c OK …
            C: d CREATE one
            S/ MAILBOXID \((?<second>[^)]+)\)
            """);
        Assert.NotEqual(script.Captured["first"], script.Captured["second"]);
    }

    [Fact]
    public Task Copies_of_a_message_share_an_email_id() => world.PlayAsync("""
        C: a APPEND INBOX {11+}
        C: Subject: m1
        S: a OK …
        C: b APPEND INBOX {11+}
        C: Subject: m1
        S: b OK …
        C: c SELECT INBOX
        S> c OK …
        C: d FETCH 1 EMAILID
        S: * 1 FETCH (EMAILID ({first}))
        S: d OK …
        C: e COPY 1 Archive
        S: e OK …
        C: f SEARCH EMAILID {first}
        S: * SEARCH 1
        S: f OK …
        C: g SEARCH NOT EMAILID {first}
        S: * SEARCH 2
        S: g OK …
        C: h MOVE 1 Trash
        S> h OK …
        C: i SELECT Archive
        S> i OK …
        C: j UID FETCH 1 (EMAILID)
        S: * 1 FETCH (UID 1 EMAILID ({first}))
        S: j OK …
        C: k SELECT Trash
        S> k OK …
        C: l FETCH 1 (EMAILID)
        S: * 1 FETCH (EMAILID ({first}))
        S: l OK …
        C: m SEARCH EMAILID E
        S: * SEARCH
        S: m OK …
        C: n SEARCH EMAILID E99999999999999999999
        S: * SEARCH
        S: n OK …
        C: o SEARCH EMAILID M1.2
        S: o BAD …
        C: p SEARCH EMAILID
        S: p BAD …
        """);

    [Fact]
    public Task A_thread_has_the_id_of_what_all_refer_to() => world.PlayAsync("""
        C: a APPEND INBOX {20+}
        C: Message-ID: <root@x>
        S: a OK …
        C: b APPEND INBOX {44+}
        C: Message-ID: <reply@x>
        C: In-Reply-To: <root@x>
        S: b OK …
        C: c APPEND INBOX {54+}
        C: Message-ID: <deeper@x>
        C: References: <root@x> <reply@x>
        S: c OK …
        C: d APPEND INBOX {21+}
        C: Message-ID: <other@x>
        S: d OK …
        C: e APPEND INBOX {8+}
        C: Subject:
        S: e OK …
        C: f APPEND INBOX {8+}
        C: Subject:
        S: f OK …
        C: g SELECT INBOX
        S> g OK …
        C: h FETCH 1 THREADID
        S: * 1 FETCH (THREADID ({thread}))
        S: h OK …
        C: i FETCH 2:3 (THREADID)
        S: * 2 FETCH (THREADID ({thread}))
        S: * 3 FETCH (THREADID ({thread}))
        S: i OK …
        C: j SEARCH THREADID {thread}
        S: * SEARCH 1 2 3
        S: j OK …
        C: k SEARCH OR UID 4 THREADID {thread}
        S: * SEARCH 1 2 3 4
        S: k OK …
        C: l FETCH 5 THREADID
        S: * 5 FETCH (THREADID ({alone}))
        S: l OK …
        C: m SEARCH THREADID {alone}
        S: * SEARCH 5
        S: m OK …
        C: n SEARCH NOT THREADID nothing
        S: * SEARCH 1 2 3 4 5 6
        S: n OK …
        C: o SEARCH THREADID (x)
        S: o BAD …
        """);

    [Fact]
    public Task A_message_says_when_it_came_into_its_mailbox() => world.PlayAsync("""
            C: a APPEND INBOX "17-Jul-1996 02:44:25 +0000" {11+}
            C: Subject: m1
            S: a OK …
            C: b SELECT INBOX
            S> b OK …
            C: c FETCH 1 (SAVEDATE INTERNALDATE)
            S/ ^\* 1 FETCH \(SAVEDATE "[ 123]\d-[A-Z][a-z]{2}-20\d\d \d\d:\d\d:\d\d \+0000" INTERNALDATE "17-Jul-1996 02:44:25 \+0000"\)$
            S: c OK …
            C: d SEARCH SAVEDSINCE 18-Jul-1996
            S: * SEARCH 1
            S: d OK …
            C: e SEARCH SAVEDBEFORE 18-Jul-1996
            S: * SEARCH
            S: e OK …
            C: f SEARCH SAVEDON 17-Jul-1996
            S: * SEARCH
            S: f OK …
            C: g SEARCH NOT SAVEDATESUPPORTED
            S: * SEARCH
            S: g OK …
            C: h COPY 1 Archive
            S: h OK …
            C: i MOVE 1 Trash
            S> i OK …
            C: j EXAMINE Archive
            S> j OK …
            C: k FETCH 1 SAVEDATE
            S/ ^\* 1 FETCH \(SAVEDATE "..-...-20
            S: k OK …
            C: l EXAMINE Trash
            S> l OK …
            C: m UID FETCH 1 SAVEDATE
            S/ ^\* 1 FETCH \(UID 1 SAVEDATE "..-...-20
            S: m OK …
            C: n SEARCH SAVEDON nonsense
            S: n BAD …
            """);

    [Fact]
    public Task Where_nobody_wrote_it_down_there_is_no_saved_date() => world.PlayAsync(
        1,
        [
            """
            C: a APPEND INBOX "17-Jul-1996 02:44:25 +0000" {11+}
            C: Subject: m1
            S: a OK …
            """,
            """
            C: b SELECT INBOX
            S> b OK …
            C: c FETCH 1 SAVEDATE
            S: * 1 FETCH (SAVEDATE NIL)
            S: c OK …
            C: d SEARCH SAVEDON 17-Jul-1996
            S: * SEARCH 1
            S: d OK …
            """,
        ],
        world.ForgetSavedDatesAsync);

    [Fact]
    public async Task A_delivered_message_has_a_saved_date_too()
    {
        var user = await world.NewAccountAsync();
        await world.DeliverAsync(user, "Subject: hi\r\n\r\n");
        await using var session = world.Connect();
        await new ProtocolScript(session).RunAsync($"""
            S: * OK …
            C: l LOGIN {user} "{ImapWorld.Password}"
            S: l OK …
            C: a SELECT INBOX
            S> a OK …
            C: b FETCH 1 SAVEDATE
            S/ SAVEDATE "..-...-20
            S: b OK …
            """);
    }
}
