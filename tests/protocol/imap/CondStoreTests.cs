namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 7162 §3.1 CONDSTORE: MODSEQs told, asked for and made a condition.</summary>
[Collection(ImapCollection.Name)]
public sealed class CondStoreTests(ImapWorld world)
{
    /// <summary>Two sessions that have selected INBOX with the messages 1 to 3, whose MODSEQs are 2 to 4.</summary>
    internal const string Selected = """
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
        S1: * OK [HIGHESTMODSEQ 4] …
        S1/ MAILBOXID
        S1/ URLMECH
        S1: p OK …
        C2: p EXAMINE INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 3 EXISTS
        S2: * 0 RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2: * OK [HIGHESTMODSEQ 4] …
        S2/ MAILBOXID
        S2/ URLMECH
        S2: p OK …
        C2: p UNSELECT
        S2: p OK …
        C2: p SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 3 EXISTS
        S2: * 0 RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2: * OK [HIGHESTMODSEQ 4] …
        S2/ MAILBOXID
        S2/ URLMECH
        S2: p OK …

        """;

    [Fact]
    public Task Whoever_is_not_aware_is_told_no_modseq() => world.PlayAsync(2, Selected + """
        C1: a STORE 1 +FLAGS (\Seen)
        S1: * 1 FETCH (FLAGS (\Seen \Recent))
        S1: a OK …
        C1: b FETCH 1 (UID FLAGS)
        S1: * 1 FETCH (UID 1 FLAGS (\Seen \Recent))
        S1: b OK …
        C2: a NOOP
        S2: * 1 FETCH (FLAGS (\Seen))
        S2: a OK …
        """);

    [Theory]
    [InlineData("ENABLE CONDSTORE", "* ENABLED CONDSTORE\r\nS1: * OK [HIGHESTMODSEQ 4] …")]
    [InlineData("ENABLE X-NO QRESYNC", "* ENABLED QRESYNC\r\nS1: * OK [HIGHESTMODSEQ 4] …")]
    [InlineData("STATUS Trash (HIGHESTMODSEQ)", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * STATUS Trash (HIGHESTMODSEQ 1)")]
    [InlineData("LIST \"\" Trash RETURN (STATUS (HIGHESTMODSEQ))", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * LIST (\\HasNoChildren \\Trash) \"/\" Trash\r\nS1: * STATUS Trash (HIGHESTMODSEQ 1)")]
    [InlineData("FETCH 3 MODSEQ", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * 3 FETCH (MODSEQ (4))")]
    [InlineData("FETCH 3 UID (CHANGEDSINCE 3)", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * 3 FETCH (UID 3 MODSEQ (4))")]
    [InlineData("SEARCH MODSEQ 4", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * SEARCH 3 (MODSEQ 4)")]
    [InlineData("UID SEARCH OR ALL NOT (MODSEQ 4)", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * SEARCH 1 2 3 (MODSEQ 4)")]
    [InlineData("STORE 3 (UNCHANGEDSINCE 4) +FLAGS.SILENT ()", "* OK [HIGHESTMODSEQ 4] …\r\nS1: * 3 FETCH (MODSEQ (4))")]
    public Task Whoever_asks_for_a_modseq_is_told_from_then_on(string command, string reply) => world.PlayAsync(2, Selected + $$"""
        C1: a {{command}}
        S1: {{reply}}
        S1: a OK …
        C1: s STATUS Trash (HIGHESTMODSEQ)
        S1: * STATUS Trash (HIGHESTMODSEQ 1)
        S1: s OK …
        C2: a STORE 1:2 +FLAGS.SILENT (\Seen)
        S2: a OK …
        C1: b NOOP
        S1/ \* 1 FETCH \((UID 1 )?FLAGS \(.Seen .Recent\) MODSEQ \(5\)\)
        S1/ \* 2 FETCH \((UID 2 )?FLAGS \(.Seen .Recent\) MODSEQ \(5\)\)
        S1: b OK …
        C1: c STORE 1 FLAGS (\Seen)
        S1/ \* 1 FETCH \((UID 1 )?FLAGS \(.Seen .Recent\) MODSEQ \(5\)\)
        S1: c OK …
        C1: d STORE 1 FLAGS.SILENT (\Flagged)
        S1/ \* 1 FETCH \((UID 1 )?MODSEQ \(6\)\)
        S1: d OK …
        C1: e FETCH 1 BODY[TEXT]
        S1: * 1 FETCH (BODY[TEXT] {0}
        S1/ MODSEQ \(7\) FLAGS \(.Flagged .Seen .Recent\)\)
        S1: e OK …
        C1: f FETCH 1:2 (MODSEQ FLAGS)
        S1: * 1 FETCH (MODSEQ (7) FLAGS (\Flagged \Seen \Recent))
        S1: * 2 FETCH (MODSEQ (5) FLAGS (\Seen \Recent))
        S1: f OK …
        C1: g FETCH 2 FLAGS
        S1: * 2 FETCH (FLAGS (\Seen \Recent) MODSEQ (5))
        S1: g OK …
        """);

    [Fact]
    public Task Select_can_ask_for_it() => world.PlayAsync(2, Selected + """
        C1: a SELECT INBOX (CONDSTORE)
        S1: * OK [CLOSED] …
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 3 EXISTS
        S1: * 0 RECENT
        S1/ UNSEEN
        S1/ UIDVALIDITY
        S1/ UIDNEXT
        S1: * OK [HIGHESTMODSEQ 4] …
        S1/ MAILBOXID
        S1/ URLMECH
        S1: a OK [READ-WRITE] …
        C2: a STORE 3 +FLAGS.SILENT (x)
        S2/ FLAGS
        S2/ PERMANENT
        S2: a OK …
        C1: b NOOP
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 3 FETCH (FLAGS (x) MODSEQ (5))
        S1: b OK …
        C1: c SELECT INBOX (CONDSTORE CONDSTORE)
        S1: c BAD …
        C1: d SELECT INBOX (X-OTHER)
        S1: d BAD …
        C1: e SELECT INBOX ()
        S1: e BAD …
        C1: f SELECT INBOX (CONDSTORE
        S1: f BAD …
        C1: g FETCH 3 FLAGS
        S1: * 3 FETCH (FLAGS (x) MODSEQ (5))
        S1: g OK …
        C1: h EXAMINE nowhere (CONDSTORE)
        S1: * OK [CLOSED] …
        S1: h NO [NONEXISTENT] …
        C1: i EXAMINE nowhere (CONDSTORE)
        S1: i NO [NONEXISTENT] …
        """);

    [Fact]
    public Task A_condition_holds_or_refuses_message_by_message() => world.PlayAsync(2, Selected + """
        C2: a STORE 2 +FLAGS (\Answered)
        S2: * 2 FETCH (FLAGS (\Answered))
        S2: a OK …
        C1: a STORE 1:3 (UNCHANGEDSINCE 4) +FLAGS.SILENT (\Deleted)
        S1: * OK [HIGHESTMODSEQ 4] …
        S1: * 1 FETCH (MODSEQ (6))
        S1: * 2 FETCH (FLAGS (\Answered \Recent) MODSEQ (5))
        S1: * 3 FETCH (MODSEQ (6))
        S1: a OK [MODIFIED 2] …
        C1: b UID STORE 1:3 (UNCHANGEDSINCE 5) FLAGS (\Flagged)
        S1: * 1 FETCH (UID 1 FLAGS (\Deleted \Recent) MODSEQ (6))
        S1: * 2 FETCH (UID 2 FLAGS (\Flagged \Recent) MODSEQ (7))
        S1: * 3 FETCH (UID 3 FLAGS (\Deleted \Recent) MODSEQ (6))
        S1: b OK [MODIFIED 1,3] …
        C1: c STORE 2,2,2:2 (UNCHANGEDSINCE 7) -FLAGS (\Flagged)
        S1: * 2 FETCH (FLAGS (\Recent) MODSEQ (8))
        S1: c OK …
        C1: d STORE 1:3 (UNCHANGEDSINCE 0) +FLAGS (\Seen)
        S1: * 1 FETCH (FLAGS (\Deleted \Recent) MODSEQ (6))
        S1: * 2 FETCH (FLAGS (\Recent) MODSEQ (8))
        S1: * 3 FETCH (FLAGS (\Deleted \Recent) MODSEQ (6))
        S1: d OK [MODIFIED 1:3] …
        C1: e STORE 2 (UNCHANGEDSINCE 8) +FLAGS (kw)
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 2 FETCH (FLAGS (\Recent kw) MODSEQ (9))
        S1: e OK …
        C1: f STATUS INBOX (HIGHESTMODSEQ)
        S1: * STATUS INBOX (HIGHESTMODSEQ 9)
        S1: f OK …
        C1: g UID STORE 9 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
        S1: g OK …
        C1: h STORE 9 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
        S1: h BAD …
        C1: i STORE 1 (UNCHANGEDSINCE 9223372036854775807) +FLAGS (\Seen)
        S1: * 1 FETCH (FLAGS (\Deleted \Seen \Recent) MODSEQ (10))
        S1: i OK …
        C1: j STORE 1 (UNCHANGEDSINCE 9223372036854775808) +FLAGS (\Seen)
        S1: j BAD …
        C1: k STORE 1 (UNCHANGEDSINCE -1) +FLAGS (\Seen)
        S1: k BAD …
        C1: l STORE 1 (UNCHANGEDSINCE) +FLAGS (\Seen)
        S1: l BAD …
        C1: m STORE 1 (OTHER 1) +FLAGS (\Seen)
        S1: m BAD …
        C1: n STORE 1 (UNCHANGEDSINCE 1 UNCHANGEDSINCE 1) +FLAGS (\Seen)
        S1: n BAD …
        C2: b NOOP
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 1 FETCH (FLAGS (\Deleted \Seen))
        S2: * 2 FETCH (FLAGS (kw))
        S2: * 3 FETCH (FLAGS (\Deleted))
        S2: b OK …
        """);

    [Fact]
    public Task A_message_that_is_gone_is_neither_stored_nor_modified() => world.PlayAsync(2, Selected + """
        C2: a STORE 2 +FLAGS.SILENT (\Deleted)
        S2: a OK …
        C2: b EXPUNGE
        S2: * 2 EXPUNGE
        S2: b OK …
        C1: a STORE 1:3 (UNCHANGEDSINCE 4) +FLAGS (\Flagged)
        S1: * OK [HIGHESTMODSEQ 4] …
        S1: * 1 FETCH (FLAGS (\Flagged \Recent) MODSEQ (7))
        S1: * 3 FETCH (FLAGS (\Flagged \Recent) MODSEQ (7))
        S1: a OK [EXPUNGEISSUED] …
        C1: b NOOP
        S1: * 2 EXPUNGE
        S1: b OK …
        """);

    [Fact]
    public Task Fetch_tells_what_changed_since() => world.PlayAsync(2, Selected + """
        C1: a STORE 1 +FLAGS.SILENT (\Seen)
        S1: a OK …
        C1: b FETCH 1:* FLAGS (CHANGEDSINCE 3)
        S1: * OK [HIGHESTMODSEQ 5] …
        S1: * 1 FETCH (FLAGS (\Seen \Recent) MODSEQ (5))
        S1: * 3 FETCH (FLAGS (\Recent) MODSEQ (4))
        S1: b OK …
        C1: c UID FETCH 2:3 (FLAGS) (CHANGEDSINCE 0)
        S1: * 2 FETCH (UID 2 FLAGS (\Recent) MODSEQ (3))
        S1: * 3 FETCH (UID 3 FLAGS (\Recent) MODSEQ (4))
        S1: c OK …
        C1: d FETCH 1:* (FLAGS) (CHANGEDSINCE 5)
        S1: d OK …
        C1: e FETCH 1:* FAST (CHANGEDSINCE 4)
        S1: * 1 FETCH (FLAGS (\Seen \Recent) INTERNALDATE "…" RFC822.SIZE 11 MODSEQ (5))
        S1: e OK …
        C1: f FETCH 1 (BODY.PEEK[TEXT]) (CHANGEDSINCE 4)
        S1: * 1 FETCH (BODY[TEXT] {0}
        S1:  MODSEQ (5))
        S1: f OK …
        C1: g FETCH 1 (BODY.PEEK[TEXT]) (CHANGEDSINCE 5)
        S1: g OK …
        C1: h FETCH 1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 1)
        S1: h BAD …
        C1: i FETCH 1 FLAGS (CHANGEDSINCE)
        S1: i BAD …
        C1: j FETCH 1 FLAGS ()
        S1: j BAD …
        C1: k UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)
        S1: k BAD …
        """);

    [Fact]
    public Task Search_finds_by_modseq() => world.PlayAsync(2, Selected + """
        C1: a STORE 1 +FLAGS.SILENT (\Seen)
        S1: a OK …
        C1: b SEARCH MODSEQ 4
        S1: * OK [HIGHESTMODSEQ 5] …
        S1: * SEARCH 1 3 (MODSEQ 5)
        S1: b OK …
        C1: c SEARCH MODSEQ "/flags/\\Seen" all 4 UNSEEN
        S1: * SEARCH 3 (MODSEQ 4)
        S1: c OK …
        C1: d SEARCH MODSEQ "/flags/$x" PRIV 0
        S1: * SEARCH 1 2 3 (MODSEQ 5)
        S1: d OK …
        C1: e SEARCH MODSEQ 6
        S1: * SEARCH
        S1: e OK …
        C1: f SEARCH RETURN (MIN COUNT) MODSEQ 1
        S1: * ESEARCH (TAG "f") MIN 1 COUNT 3 MODSEQ 5
        S1: f OK …
        C1: g SEARCH RETURN (MAX) MODSEQ 1
        S1: * ESEARCH (TAG "g") MAX 3 MODSEQ 4
        S1: g OK …
        C1: h SEARCH MODSEQ "/other" all 4
        S1: h BAD …
        C1: i SEARCH MODSEQ "/flags/x" some 4
        S1: i BAD …
        C1: j SEARCH MODSEQ x
        S1: j BAD …
        """);

    [Fact]
    public Task Everything_that_changes_a_mailbox_moves_its_modseq() => world.PlayAsync(2, Selected + """
        C1: a ENABLE CONDSTORE
        S1: * ENABLED CONDSTORE
        S1: * OK [HIGHESTMODSEQ 4] …
        S1: a OK …
        C1: b COPY 1 INBOX
        S1: * 4 EXISTS
        S1/ RECENT
        S1: b OK …
        C1: c FETCH 4 MODSEQ
        S1: * 4 FETCH (MODSEQ (5))
        S1: c OK …
        C1: d MOVE 1 Trash
        S1: * OK [COPYUID …
        S1: * 1 EXPUNGE
        S1: d OK Move completed
        C1: e STATUS INBOX (HIGHESTMODSEQ)
        S1: * STATUS INBOX (HIGHESTMODSEQ 6)
        S1: e OK …
        C1: f APPEND INBOX {11+}
        C1: Subject: m5
        S1: * 4 EXISTS
        S1/ RECENT
        S1: f OK …
        C1: g FETCH 4 MODSEQ
        S1: * 4 FETCH (MODSEQ (7))
        S1: g OK …
        C1: h STORE 4 +FLAGS.SILENT (\Deleted)
        S1: * 4 FETCH (MODSEQ (8))
        S1: h OK …
        C1: i EXPUNGE
        S1: * 4 EXPUNGE
        S1: i OK Expunge completed
        C1: j STATUS INBOX (HIGHESTMODSEQ MAILBOXID)
        S1/ ^\* STATUS INBOX \(HIGHESTMODSEQ 9 MAILBOXID \(M\d+-\d+\)\)$
        S1: j OK …
        C1: k STATUS Trash (HIGHESTMODSEQ)
        S1: * STATUS Trash (HIGHESTMODSEQ 2)
        S1: k OK …
        C1: l EXPUNGE
        S1: l OK …
        C1: m STATUS INBOX (HIGHESTMODSEQ)
        S1: * STATUS INBOX (HIGHESTMODSEQ 9)
        S1: m OK …
        """);

    [Fact]
    public Task Idle_tells_modseqs() => world.PlayAsync(2, Selected + """
        C2: a ENABLE QRESYNC
        S2: * ENABLED QRESYNC
        S2: * OK [HIGHESTMODSEQ 4] …
        S2: a OK …
        C2: b IDLE
        S2: + …
        C1: a STORE 2 +FLAGS.SILENT (\Deleted)
        S1: a OK …
        S2: * 2 FETCH (UID 2 FLAGS (\Deleted) MODSEQ (5))
        C1: b EXPUNGE
        S1: * 2 EXPUNGE
        S1: b OK …
        S2: * VANISHED 2
        C2: DONE
        S2: b OK …
        """);
}
