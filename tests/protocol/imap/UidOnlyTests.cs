namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 9586 UIDONLY, PARTIAL of FETCH (RFC 9394), and $Important (RFC 8457).</summary>
[Collection(ImapCollection.Name)]
public sealed class UidOnlyTests(ImapWorld world)
{
    /// <summary>Two sessions that have selected INBOX with the UIDs 2 to 4; the first has enabled UIDONLY.</summary>
    private const string Selected = """
        C1: p APPEND INBOX (\Deleted) {11+}
        C1: Subject: m1
        S1: p OK …
        C1: p APPEND INBOX {11+}
        C1: Subject: m2
        S1: p OK …
        C1: p APPEND INBOX {11+}
        C1: Subject: m3
        S1: p OK …
        C1: p APPEND INBOX {11+}
        C1: Subject: m4
        S1: p OK …
        C2: p SELECT INBOX
        S2> p OK …
        C2: p EXPUNGE
        S2: * 1 EXPUNGE
        S2: p OK …
        C1: p ENABLE UIDONLY
        S1: * ENABLED UIDONLY
        S1: p OK …
        C1: p SELECT INBOX
        S1/ FLAGS
        S1/ PERMANENTFLAGS
        S1: * 3 EXISTS
        S1/ RECENT
        S1: * OK [UIDVALIDITY {validity}] …
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: p OK …

        """;

    [Theory]
    [InlineData("FETCH 1 FLAGS")]
    [InlineData("FETCH 1:* (UID)")]
    [InlineData("STORE 1 +FLAGS (\\Seen)")]
    [InlineData("COPY 1 Trash")]
    [InlineData("MOVE 1 Trash")]
    [InlineData("SEARCH ALL")]
    [InlineData("SEARCH RETURN (COUNT) ALL")]
    [InlineData("SORT (ARRIVAL) UTF-8 ALL")]
    [InlineData("THREAD REFERENCES UTF-8 ALL")]
    [InlineData("UID SEARCH 1:2")]
    [InlineData("UID SEARCH NOT (OR SEEN 1:*)")]
    [InlineData("UID SORT (ARRIVAL) UTF-8 1:2")]
    public Task Sequence_numbers_are_refused(string command) => world.PlayAsync(2, Selected + $$"""
        C1: a {{command}}
        S1: a BAD [UIDREQUIRED] …
        C2: a {{command}}
        S2> a OK …
        C1: b UID FETCH 1:* FLAGS
        S1> b OK …
        """);

    [Fact]
    public Task Replies_name_uids() => world.PlayAsync(2, Selected + """
        C1: a UID FETCH 2:3 FLAGS
        S1: * 2 UIDFETCH (FLAGS ())
        S1: * 3 UIDFETCH (FLAGS ())
        S1: a OK …
        C1: b UID FETCH 4 (UID FLAGS BODY[TEXT])
        S1: * 4 UIDFETCH (UID 4 FLAGS (\Seen) BODY[TEXT] {0}
        S1: )
        S1: b OK …
        C1: c UID STORE 3 +FLAGS (\Flagged)
        S1: * 3 UIDFETCH (FLAGS (\Flagged))
        S1: c OK …
        C2: a STORE 1 +FLAGS.SILENT (\Deleted)
        S2: * 2 FETCH (FLAGS (\Flagged \Recent))
        S2: * 3 FETCH (FLAGS (\Seen \Recent))
        S2: a OK …
        C1: d NOOP
        S1: * 2 UIDFETCH (FLAGS (\Deleted))
        S1: d OK …
        C1: e EXPUNGE
        S1: * VANISHED 2
        S1: e OK Expunge completed
        C1: f UID SEARCH ALL
        S1: * SEARCH 3 4
        S1: f OK …
        C1: g UID SEARCH RETURN (SAVE ALL) UNSEEN
        S1: * ESEARCH (TAG "g") UID ALL 3
        S1: g OK …
        C1: h UID SEARCH $
        S1: * SEARCH 3
        S1: h OK …
        C1: i UID FETCH $ FLAGS (CHANGEDSINCE 1)
        S1: * OK [HIGHESTMODSEQ 10] …
        S1: * 3 UIDFETCH (FLAGS (\Flagged) MODSEQ (8))
        S1: i OK …
        C1: j UID STORE 3 (UNCHANGEDSINCE 1) +FLAGS (\Seen)
        S1: * 3 UIDFETCH (FLAGS (\Flagged) MODSEQ (8))
        S1: j OK [MODIFIED 3] …
        C1: k UID MOVE 3 Trash
        S1: * OK [COPYUID …
        S1: * VANISHED 3
        S1: k OK Move completed
        C1: l IDLE
        S1: + …
        C2: b UID STORE 4 +FLAGS.SILENT (\Deleted)
        S2> b OK …
        S1: * 4 UIDFETCH (FLAGS (\Deleted \Seen) MODSEQ (…))
        C2: c EXPUNGE
        S2> c OK …
        S1: * VANISHED 4
        C1: DONE
        S1: l OK …
        """);

    [Fact]
    public Task Resynchronizing_goes_without_sequence_numbers() => world.PlayAsync(2, Selected + """
        C1: a ENABLE QRESYNC
        S1: * ENABLED QRESYNC
        S1: * OK [HIGHESTMODSEQ 6] …
        S1: a OK …
        C1: b SELECT INBOX (QRESYNC ({validity} 1 1:4 (1 2)))
        S1: b BAD [UIDREQUIRED] …
        C1: c SELECT INBOX (QRESYNC ({validity} 3 1:3))
        S1> * VANISHED (EARLIER) 1
        S1: * 3 UIDFETCH (FLAGS () MODSEQ (4))
        S1: c OK …
        """);

    [Fact]
    public Task A_part_of_what_is_asked_for_is_fetched() => world.PlayAsync(2, Selected + """
        C1: a UID FETCH 1:* FLAGS (PARTIAL 1:2)
        S1: * 2 UIDFETCH (FLAGS ())
        S1: * 3 UIDFETCH (FLAGS ())
        S1: a OK …
        C1: b UID FETCH 1:* FLAGS (PARTIAL -1:-2)
        S1: * 3 UIDFETCH (FLAGS ())
        S1: * 4 UIDFETCH (FLAGS ())
        S1: b OK …
        C2: a FETCH 1:3 UID (PARTIAL 3:2)
        S2: * 2 FETCH (UID 3)
        S2: * 3 FETCH (UID 4)
        S2: a OK …
        C1: c UID FETCH 1:* BODY.PEEK[TEXT] (PARTIAL -1:-1)
        S1: * 4 UIDFETCH (BODY[TEXT] {0}
        S1: )
        S1: c OK …
        C1: d UID FETCH 1:* FLAGS (PARTIAL 10:20)
        S1: d OK …
        C2: b STORE 1 +FLAGS.SILENT (\Seen)
        S2: b OK …
        C1: e UID FETCH 1:* FLAGS (CHANGEDSINCE 5 PARTIAL -1:-1)
        S1: * OK [HIGHESTMODSEQ 6] …
        S1: * 2 UIDFETCH (FLAGS (\Seen) MODSEQ (7))
        S1: e OK …
        C1: f UID FETCH 1:* FLAGS (PARTIAL 1:-1)
        S1: f BAD …
        C1: g UID FETCH 1:* FLAGS (PARTIAL 0:1)
        S1: g BAD …
        C1: h UID FETCH 1:* FLAGS (PARTIAL 1:2 PARTIAL 1:2)
        S1: h BAD …
        """);

    [Fact]
    public Task Important_is_a_use_and_a_keyword() => world.PlayAsync("""
        C: a CREATE Priority (USE (\important))
        S: a OK …
        C: b LIST (SPECIAL-USE) "" "Prio*"
        S: * LIST (\HasNoChildren \Important) "/" Priority
        S: b OK …
        C: c APPEND INBOX ($Important) {11+}
        C: Subject: m1
        S: c OK …
        C: d SELECT INBOX
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Important)
        S> d OK …
        C: e SEARCH KEYWORD $important
        S: * SEARCH 1
        S: e OK …
        """);
}
