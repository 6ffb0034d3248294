namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 7162 §3.2 QRESYNC: a client that comes back hears what changed and what went, and VANISHED instead of EXPUNGE.</summary>
[Collection(ImapCollection.Name)]
public sealed class QResyncTests(ImapWorld world)
{
    private const string Select = """
        S1/ FLAGS
        S1/ PERMANENT
        S1: * {exists} EXISTS
        S1/ RECENT
        S1/ UNSEEN
        S1/ UIDVALIDITY
        S1: * OK [UIDNEXT 8] …
        S1: * OK [HIGHESTMODSEQ 12] …
        S1/ MAILBOXID
        S1/ URLMECH

        """;

    /// <summary>
    /// INBOX with the UIDs 1, 3, 6, 7 and their MODSEQs 2, 4, 10, 8. UID 2 went with MODSEQ 9, UIDs 4 and 5 with MODSEQ 12.
    /// Session 1 has enabled QRESYNC and nothing selected.
    /// </summary>
    private const string History = """
        C2: p APPEND INBOX {11+}
        C2: Subject: m1
        S2: p OK [APPENDUID {validity} 1] …
        C2: p APPEND INBOX {11+}
        C2: Subject: m2
        S2: p OK …
        C2: p APPEND INBOX {11+}
        C2: Subject: m3
        S2: p OK …
        C2: p APPEND INBOX {11+}
        C2: Subject: m4
        S2: p OK …
        C2: p APPEND INBOX {11+}
        C2: Subject: m5
        S2: p OK …
        C2: p APPEND INBOX {11+}
        C2: Subject: m6
        S2: p OK …
        C2: p APPEND INBOX {11+}
        C2: Subject: m7
        S2: p OK …
        C2: p SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 7 EXISTS
        S2: * 7 RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2: * OK [HIGHESTMODSEQ 8] …
        S2/ MAILBOXID
        S2/ URLMECH
        S2: p OK …
        C2: p MOVE 2 Trash
        S2: * OK [COPYUID …
        S2: * 2 EXPUNGE
        S2: p OK …
        C2: p UID STORE 6 +FLAGS.SILENT (\Flagged)
        S2: p OK …
        C2: p UID STORE 4:5 +FLAGS.SILENT (\Deleted)
        S2: p OK …
        C2: p EXPUNGE
        S2: * 4 EXPUNGE
        S2: * 3 EXPUNGE
        S2: p OK Expunge completed
        C1: p ENABLE CONDSTORE QRESYNC
        S1: * ENABLED CONDSTORE QRESYNC
        S1: p OK …

        """;

    [Fact]
    public Task Select_tells_what_changed_and_what_went() => world.PlayAsync(2, History + $$"""
        C1: a SELECT INBOX (QRESYNC ({validity} 8))
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 2,4:5
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: a OK [READ-WRITE] …
        C1: b FETCH 1:* UID
        S1: * 1 FETCH (UID 1 MODSEQ (2))
        S1: * 2 FETCH (UID 3 MODSEQ (4))
        S1: * 3 FETCH (UID 6 MODSEQ (10))
        S1: * 4 FETCH (UID 7 MODSEQ (8))
        S1: b OK …
        C1: c EXAMINE INBOX (QRESYNC ({validity} 9) CONDSTORE)
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 4:5
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: c OK [READ-ONLY] …
        C1: d SELECT INBOX (QRESYNC ({validity} 12))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: d OK …
        C1: e SELECT INBOX (QRESYNC ({validity} 9223372036854775807))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: e OK …
        C1: f SELECT INBOX (QRESYNC (17 1))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: f OK …
        # What every client knows that knows nothing.
        C1: g SELECT INBOX (QRESYNC ({validity} 0))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 2,4:5
        S1: * 1 FETCH (UID 1 FLAGS () MODSEQ (2))
        S1: * 2 FETCH (UID 3 FLAGS () MODSEQ (4))
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: * 4 FETCH (UID 7 FLAGS () MODSEQ (8))
        S1: g OK …
        """);

    [Fact]
    public Task Known_uids_bound_what_is_told() => world.PlayAsync(2, History + $$"""
        C1: a SELECT INBOX (QRESYNC ({validity} 1 1:4))
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 2,4
        S1: * 1 FETCH (UID 1 FLAGS () MODSEQ (2))
        S1: * 2 FETCH (UID 3 FLAGS () MODSEQ (4))
        S1: a OK …
        C1: b SELECT INBOX (QRESYNC ({validity} 8 5,9:1000,1:2))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 2,5
        S1: b OK …
        C1: c SELECT INBOX (QRESYNC ({validity} 8 1,3,6:7 (1:2,4 1,3,7)))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: c OK …
        C1: d SELECT INBOX (QRESYNC ({validity} 8 (1 1)))
        S1: * OK [CLOSED] …
        {{Select.Replace("{exists}", "4")}}
        S1: * VANISHED (EARLIER) 2,4:5
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: d OK …
        """);

    [Fact]
    public Task Past_the_memory_of_vanished_uids_more_is_told_never_less() => world.PlayAsync(
        2,
        [History, $$"""
            C1: a SELECT INBOX (QRESYNC ({validity} 8))
            {{Select.Replace("{exists}", "4")}}
            S1: * VANISHED (EARLIER) 2,4:5
            S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
            S1: a OK …
            C1: b SELECT INBOX (QRESYNC ({validity} 3 1:20 (1,2,5 1,3,7)))
            S1: * OK [CLOSED] …
            {{Select.Replace("{exists}", "4")}}
            S1: * VANISHED (EARLIER) 4:5
            S1: * 2 FETCH (UID 3 FLAGS () MODSEQ (4))
            S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
            S1: * 4 FETCH (UID 7 FLAGS () MODSEQ (8))
            S1: b OK …
            C1: c SELECT INBOX (QRESYNC ({validity} 9))
            S1: * OK [CLOSED] …
            {{Select.Replace("{exists}", "4")}}
            S1: * VANISHED (EARLIER) 4:5
            S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
            S1: c OK …
            C1: d UID FETCH 1:* FLAGS (VANISHED CHANGEDSINCE 8)
            S1: * VANISHED (EARLIER) 2,4:5
            S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
            S1: d OK …
            """],
        address => world.ForgetVanishedAsync(address, 9));

    [Fact]
    public Task Bad_parameters_are_refused_and_change_nothing() => world.PlayAsync(2, History + $$"""
        C2: a SELECT INBOX (QRESYNC ({validity} 8))
        S2: a BAD …
        C2: b FETCH 1 UID
        S2: * 1 FETCH (UID 1)
        S2: b OK …
        C1: a SELECT INBOX (QRESYNC)
        S1: a BAD …
        C1: b SELECT INBOX (QRESYNC ({validity}))
        S1: b BAD …
        C1: c SELECT INBOX (QRESYNC (0 1))
        S1: c BAD …
        C1: d SELECT INBOX (QRESYNC (1 -1))
        S1: d BAD …
        C1: e SELECT INBOX (QRESYNC (1 1 1:*))
        S1: e BAD …
        C1: f SELECT INBOX (QRESYNC (1 1 $))
        S1: f BAD …
        C1: g SELECT INBOX (QRESYNC (1 1 1:6 (1:* 1:6)))
        S1: g BAD …
        C1: h SELECT INBOX (QRESYNC (1 1 1:6 (1:6 1:*)))
        S1: h BAD …
        C1: i SELECT INBOX (QRESYNC (1 1 1:6 (1:2 1:3)))
        S1: i BAD …
        C1: j SELECT INBOX (QRESYNC (1 1 1:6 (1:3 1:2)))
        S1: j BAD …
        C1: k SELECT INBOX (QRESYNC (1 1 1:6 (1,2 2,1)))
        S1: k BAD …
        C1: l SELECT INBOX (QRESYNC (1 1 (1:4294967295 1:4294967295)))
        S1: l BAD …
        C1: m SELECT INBOX (QRESYNC (1 1) QRESYNC (1 1))
        S1: m BAD …
        C1: n SELECT INBOX (QRESYNC (1 1 1:6 (1 1) 1))
        S1: n BAD …
        C1: o SELECT INBOX (QRESYNC (1 9223372036854775808))
        S1: o BAD …
        C1: p CHECK
        S1: p BAD …
        C1: q SELECT nowhere (QRESYNC (1 1))
        S1: q NO [NONEXISTENT] …
        """);

    [Fact]
    public Task Vanished_stands_for_expunge() => world.PlayAsync(2, History + $$"""
        C1: a SELECT INBOX
        {{Select.Replace("{exists}", "4")}}
        S1: a OK …
        C2: a STORE 1,3:4 +FLAGS.SILENT (\Deleted)
        S2: a OK …
        C2: b UID EXPUNGE 1:6
        S2: * 3 EXPUNGE
        S2: * 1 EXPUNGE
        S2: b OK UID expunge completed
        C1: b FETCH 2 FLAGS
        S1: * 2 FETCH (FLAGS () MODSEQ (4))
        S1/ \* 4 FETCH \(UID 7 FLAGS \(.Deleted\) MODSEQ \(13\)\)
        S1: * OK [HIGHESTMODSEQ 12] …
        S1: b OK …
        C1: c SEARCH UNDELETED
        S1: * SEARCH 1 2 3
        S1: * OK [HIGHESTMODSEQ 12] …
        S1: c OK …
        C1: d NOOP
        S1: * VANISHED 1,6
        S1: d OK …
        C1: e FETCH 1:* UID
        S1: * 1 FETCH (UID 3 MODSEQ (4))
        S1: * 2 FETCH (UID 7 MODSEQ (13))
        S1: e OK …
        C1: f EXPUNGE
        S1: * VANISHED 7
        S1: f OK [HIGHESTMODSEQ 15] …
        C1: g EXPUNGE
        S1: g OK Expunge completed
        C1: h UID MOVE 3 Trash
        S1: * OK [COPYUID …
        S1: * VANISHED 3
        S1: h OK [HIGHESTMODSEQ 16] …
        C1: i UID MOVE 3 Trash
        S1: i OK No messages to move
        C1: j APPEND INBOX (\Deleted) {11+}
        C1: Subject: m8
        S1: * 1 EXISTS
        S1/ RECENT
        S1: j OK …
        C1: k UID EXPUNGE 8
        S1: * VANISHED 8
        S1: k OK [HIGHESTMODSEQ 18] …
        C1: l APPEND INBOX (\Deleted) {11+}
        C1: Subject: m9
        S1: * 1 EXISTS
        S1/ RECENT
        S1: l OK …
        C1: m REPLACE 1 INBOX {12+}
        C1: Subject: m10
        S1: * OK [APPENDUID …
        S1> * VANISHED 9
        S1> m OK [HIGHESTMODSEQ 21] …
        C1: n STORE 1 +FLAGS (\Deleted)
        S1> n OK …
        C1: o CLOSE
        S1: o OK Close completed
        """);

    [Fact]
    public Task Uid_fetch_tells_what_went_before_what_changed() => world.PlayAsync(2, History + $$"""
        C1: a SELECT INBOX
        {{Select.Replace("{exists}", "4")}}
        S1: a OK …
        C1: b UID FETCH 1:* FLAGS (CHANGEDSINCE 8 VANISHED)
        S1: * VANISHED (EARLIER) 2,4:5
        S1: * 3 FETCH (UID 6 FLAGS (\Flagged) MODSEQ (10))
        S1: b OK …
        C1: c UID FETCH 3:4 (FLAGS) (VANISHED CHANGEDSINCE 1)
        S1: * VANISHED (EARLIER) 4
        S1: * 2 FETCH (UID 3 FLAGS () MODSEQ (4))
        S1: c OK …
        C2: a UID STORE 7 +FLAGS.SILENT (\Deleted)
        S2: a OK …
        C2: b EXPUNGE
        S2: * 4 EXPUNGE
        S2: b OK …
        C1: d UID FETCH 1:* FLAGS (CHANGEDSINCE 12 VANISHED)
        S1: * VANISHED 7
        S1: d OK …
        C1: e UID FETCH 1:* FLAGS (CHANGEDSINCE 12 VANISHED)
        S1: * VANISHED (EARLIER) 7
        S1: e OK …
        C1: f FETCH 1:* FLAGS (CHANGEDSINCE 12 VANISHED)
        S1: f BAD …
        C1: g UID FETCH 1:* FLAGS (VANISHED)
        S1: g BAD …
        """);
}
