namespace MailMesh.Protocol.Tests.Imap;

/// <summary>Several sessions on one mailbox: STORE, EXPUNGE, COPY, MOVE, APPEND, IDLE and the news of each.</summary>
[Collection(ImapCollection.Name)]
public sealed class UpdateTests(ImapWorld world)
{
    /// <summary>Two sessions that have selected INBOX with three messages.</summary>
    private const string Selected = """
        C1: p APPEND INBOX {11+}
        C1: Subject: m1
        S1: p OK …
        C1: p APPEND INBOX {11+}
        C1: Subject: m2
        S1: p OK …
        C1: p APPEND INBOX {11+}
        C1: Subject: m3
        S1: p OK …
        C1: p SELECT INBOX
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 3 EXISTS
        S1: * 3 RECENT
        S1/ UNSEEN
        S1: * OK [UIDVALIDITY {validity}] …
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: p OK …
        C2: p SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 3 EXISTS
        S2: * 0 RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: p OK …

        """;

    [Fact]
    public Task Store_reports_once_to_the_one_and_always_to_the_other() => world.PlayAsync(2, Selected + """
        C1: a STORE 1:2 +FLAGS (\Flagged $x)
        S1: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $x)
        S1: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $x \*)] …
        S1: * 1 FETCH (FLAGS (\Flagged \Recent $x))
        S1: * 2 FETCH (FLAGS (\Flagged \Recent $x))
        S1: a OK …
        C2: a NOOP
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $x)
        S2/ PERMANENTFLAGS
        S2: * 1 FETCH (FLAGS (\Flagged $x))
        S2: * 2 FETCH (FLAGS (\Flagged $x))
        S2: a OK …
        C1: b UID STORE 1 -FLAGS.SILENT (\Flagged)
        S1: b OK …
        C1: c NOOP
        S1: c OK …
        C2: b UID FETCH 3 UID
        S2: * 3 FETCH (UID 3)
        S2: * 1 FETCH (UID 1 FLAGS ($x))
        S2: b OK …
        C1: d UID STORE 3 FLAGS \Seen \Draft
        S1: * 3 FETCH (UID 3 FLAGS (\Seen \Draft \Recent))
        S1: d OK …
        C1: e STORE 3 FLAGS ()
        S1: * 3 FETCH (FLAGS (\Recent))
        S1: e OK …
        C1: f STORE 4 FLAGS ()
        S1: f BAD …
        C1: g UID STORE 4 FLAGS (\Seen)
        S1: g OK …
        C1: h STORE 1 +FLAGS.SILENT (\Answered)
        S1: h OK …
        C2: c STORE 1 -FLAGS.SILENT (\Answered $x)
        S2: * 3 FETCH (FLAGS ())
        S2: c OK …
        C1: i STORE 1 +FLAGS.SILENT (\Seen)
        S1: * 1 FETCH (FLAGS (\Seen \Recent))
        S1: i OK …
        """);

    [Fact]
    public Task Expunge_is_held_back_where_it_would_shift_numbers() => world.PlayAsync(2, Selected + """
        C1: a STORE 1,3 +FLAGS.SILENT (\Deleted)
        S1: a OK …
        C1: b EXPUNGE
        S1: * 3 EXPUNGE
        S1: * 1 EXPUNGE
        S1: b OK …
        C1: c FETCH 1 UID
        S1: * 1 FETCH (UID 2)
        S1: c OK …
        C2: a FETCH 1:3 (UID BODY.PEEK[])
        S2: * 1 FETCH (UID 1 BODY[] {11}
        S2: Subject: m1)
        S2: * 2 FETCH (UID 2 BODY[] {11}
        S2: Subject: m2)
        S2: * 3 FETCH (UID 3 BODY[] {11}
        S2: Subject: m3)
        S2: a OK …
        C2: b STORE 3 +FLAGS (\Seen)
        S2: b OK [EXPUNGEISSUED] …
        C2: b1 STORE 1:3 -FLAGS.SILENT (\Answered)
        S2: b1 OK [EXPUNGEISSUED] …
        C2: b2 STORE 2 -FLAGS.SILENT (\Answered)
        S2: b2 OK Store completed
        C2: c SEARCH ALL
        S2: * SEARCH 1 2 3
        S2: c OK …
        C1: d APPEND INBOX {11+}
        C1: Subject: m4
        S1: * 2 EXISTS
        S1/ RECENT
        S1: d OK [APPENDUID {validity} 4] …
        C2: d SEARCH ALL
        S2: * 4 EXISTS
        S2: * 0 RECENT
        S2: * SEARCH 1 2 3 4
        S2: d OK …
        C2: e STORE 4 +FLAGS (\Flagged)
        S2: * 4 FETCH (FLAGS (\Flagged))
        S2: e OK …
        C2: f UID SEARCH ALL
        S2: * SEARCH 1 2 3 4
        S2: * 3 EXPUNGE
        S2: * 1 EXPUNGE
        S2: f OK …
        C2: g FETCH 1:* UID
        S2: * 1 FETCH (UID 2)
        S2: * 2 FETCH (UID 4)
        S2: g OK …
        C2: h UID STORE 3 +FLAGS (\Seen)
        S2: h OK Store completed
        """);

    [Fact]
    public Task Uid_expunge_takes_only_what_it_names() => world.PlayAsync(2, Selected + """
        C1: a STORE 1:2 +FLAGS.SILENT (\Deleted)
        S1: a OK …
        C1: b UID EXPUNGE 2:3
        S1: * 2 EXPUNGE
        S1: b OK …
        C1: c UID EXPUNGE 9
        S1: c OK …
        C1: d FETCH 1:* UID
        S1: * 1 FETCH (UID 1)
        S1: * 2 FETCH (UID 3)
        S1: d OK …
        """);

    [Fact]
    public Task Copy_and_move_tell_the_uids() => world.PlayAsync(2, Selected + """
        C1: a STORE 2 +FLAGS.SILENT (\Answered kw)
        S1: * FLAGS (… kw)
        S1/ PERMANENTFLAGS
        S1: a OK …
        C1: b COPY 2:3 Archive
        S1: b OK [COPYUID {archive} 2:3 1:2] …
        C1: c COPY 1 nowhere
        S1: c NO [TRYCREATE] …
        C1: d UID COPY 9 Archive
        S1: d OK …
        C1: e COPY 9 Archive
        S1: e BAD …
        C1: f COPY 1 INBOX
        S1: * 4 EXISTS
        S1/ RECENT
        S1: f OK [COPYUID {validity} 1 4] …
        C1: g MOVE 1,3 Trash
        S1: * OK [COPYUID … 1,3 1:2] …
        S1: * 3 EXPUNGE
        S1: * 1 EXPUNGE
        S1: g OK …
        C1: h UID MOVE 4 nowhere
        S1: h NO [TRYCREATE] …
        C1: i UID MOVE 2:4 Trash
        S1: * OK [COPYUID … 2,4 3:4] …
        S1: * 2 EXPUNGE
        S1: * 1 EXPUNGE
        S1: i OK …
        C1: j EXAMINE Archive
        S1: * OK [CLOSED] …
        S1/ FLAGS \(.* kw\)
        S1/ PERMANENT
        S1: * 2 EXISTS
        S1/ RECENT
        S1/ UNSEEN
        S1: * OK [UIDVALIDITY {archive}] …
        S1/ UIDNEXT 3
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: j OK …
        C1: k FETCH 1 FLAGS
        S1: * 1 FETCH (FLAGS (\Answered \Recent kw))
        S1: k OK …
        C1: l MOVE 1 INBOX
        S1: l NO …
        C2: a NOOP
        S2: * 3 EXPUNGE
        S2: * 2 EXPUNGE
        S2: * 1 EXPUNGE
        S2: a OK …
        """);

    [Fact]
    public Task Append_says_what_it_needs() => world.PlayAsync("""
        C: a APPEND nowhere {11}
        S: a NO [TRYCREATE] …
        C: b APPEND INBOX (\Seen kw) "17-Jul-1996 02:44:25 -0700" {11}
        S: + …
        C: Subject: hi
        S: b OK [APPENDUID {validity} 1] …
        C: c APPEND {5}
        S: + …
        C: inbox {11+}
        C: Subject: ho
        S: c OK [APPENDUID {validity} 2] …
        C: d APPEND INBOX {0+}
        C:
        S: d NO …
        C: e APPEND INBOX {2+}
        C: ab trailing
        S: e BAD …
        C: f APPEND INBOX "not a literal"
        S: f BAD …
        C: g EXAMINE INBOX
        S/ FLAGS
        S/ PERMANENT
        S: * 2 EXISTS
        S/ RECENT
        S/ UNSEEN 2
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: g OK …
        C: h FETCH 1 (FLAGS INTERNALDATE)
        S: * 1 FETCH (FLAGS (\Seen \Recent kw) INTERNALDATE "17-Jul-1996 09:44:25 +0000")
        S: h OK …
        """);

    [Fact]
    public Task Idle_hears_of_everything_at_once() => world.PlayAsync(2, Selected + """
        C2: a IDLE
        S2: + …
        C1: a APPEND INBOX {11+}
        C1: Subject: m4
        S1: * 4 EXISTS
        S1/ ^\* [34] RECENT$
        S1: a OK …
        S2: * 4 EXISTS
        S2/ ^\* [01] RECENT$
        C1: b STORE 1 +FLAGS.SILENT (\Deleted)
        S1: b OK …
        S2: * 1 FETCH (FLAGS (\Deleted))
        C1: c EXPUNGE
        S1: * 1 EXPUNGE
        S1: c OK …
        S2: * 1 EXPUNGE
        C2: done
        S2: a OK …
        C2: b IDLE
        S2: + …
        C2: NOOP
        S2: b BAD …
        C2: c NOOP
        S2: c OK …
        """);

    [Fact]
    public Task Idle_without_a_mailbox_waits_for_done() => world.PlayAsync("""
        C: a IDLE
        S: + …
        C: DONE
        S: a OK …
        C: b IDLE
        C: DONE
        C: c NOOP
        S: + …
        S: b OK …
        S: c OK …
        """);

    [Fact]
    public Task Idle_ends_with_the_mailbox() => world.PlayAsync(2, """
        C1: a CREATE doomed
        S1: a OK …
        C2: a SELECT doomed
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 0 EXISTS
        S2: * 0 RECENT
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK …
        C2: b IDLE
        S2: + …
        C1: b DELETE doomed
        S1: b OK …
        S2: * BYE …
        S2: b OK …
        END2
        """);

    [Fact]
    public Task A_client_may_delete_what_it_has_selected() => world.PlayAsync("""
        C: a CREATE mine
        S: a OK …
        C: b SELECT mine
        S/ FLAGS
        S/ PERMANENT
        S: * 0 EXISTS
        S: * 0 RECENT
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: b OK …
        C: r RENAME mine ours
        S: r OK …
        C: c DELETE ours
        S: c OK …
        C: d CHECK
        S: d BAD …
        C: e NOOP
        S: e OK …
        """);
}
