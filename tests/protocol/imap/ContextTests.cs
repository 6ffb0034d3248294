namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 5267 CONTEXT=SEARCH, CONTEXT=SORT and RFC 9394 PARTIAL of SEARCH and SORT.</summary>
[Collection(ImapCollection.Name)]
public sealed class ContextTests(ImapWorld world)
{
    /// <summary>Four messages of the sizes 31, 12, 23 and 13; 1 and 3 are flagged. Two sessions have selected them.</summary>
    private const string Selected = """
        C1: p APPEND INBOX (\Flagged) {31+}
        C1: Subject: m1 of thirty-one octet
        S1: p OK …
        C1: p APPEND INBOX {12+}
        C1: Subject: m2x
        S1: p OK …
        C1: p APPEND INBOX (\Flagged) {23+}
        C1: Subject: m3 much longer
        S1: p OK …
        C1: p APPEND INBOX {13+}
        C1: Subject: m4xx
        S1: p OK …
        C1: p SELECT INBOX
        S1> p OK …
        C2: p SELECT INBOX
        S2> p OK …

        """;

    [Fact]
    public Task A_search_is_kept_up_to_date() => world.PlayAsync(2, Selected + """
        C1: B01 UID SEARCH RETURN (UPDATE COUNT) FLAGGED
        S1: * ESEARCH (TAG "B01") UID COUNT 2
        S1: B01 OK …
        C1: B02 SEARCH RETURN (UPDATE CONTEXT ALL) FLAGGED SUBJECT m
        S1: * ESEARCH (TAG "B02") ALL 1,3
        S1: B02 OK …
        C2: a STORE 2,4 +FLAGS.SILENT (\Flagged)
        S2: a OK …
        C1: n NOOP
        S1: * 2 FETCH (FLAGS (\Flagged \Recent))
        S1: * 4 FETCH (FLAGS (\Flagged \Recent))
        S1: * ESEARCH (TAG "B01") UID ADDTO (0 2,4)
        S1: * ESEARCH (TAG "B02") ADDTO (0 2,4)
        S1: n OK …
        C2: b STORE 1:2 -FLAGS.SILENT (\Flagged)
        S2: b OK …
        C1: n NOOP
        S1: * 1 FETCH (FLAGS (\Recent))
        S1: * 2 FETCH (FLAGS (\Recent))
        S1: * ESEARCH (TAG "B01") UID REMOVEFROM (0 1:2)
        S1: * ESEARCH (TAG "B02") REMOVEFROM (0 1:2)
        S1: n OK …
        C2: c STORE 3 +FLAGS.SILENT (\Deleted)
        S2: c OK …
        C1: n NOOP
        S1: * 3 FETCH (FLAGS (\Flagged \Deleted \Recent))
        S1: n OK …
        C2: d EXPUNGE
        S2: * 3 EXPUNGE
        S2: d OK …
        C1: n NOOP
        S1: * ESEARCH (TAG "B01") UID REMOVEFROM (0 3)
        S1: * ESEARCH (TAG "B02") REMOVEFROM (0 3)
        S1: * 3 EXPUNGE
        S1: n OK …
        C2: e APPEND INBOX (\Flagged) {11+}
        C2: Subject: m5
        S2> e OK …
        C1: n NOOP
        S1: * 4 EXISTS
        S1/ RECENT
        S1: * ESEARCH (TAG "B01") UID ADDTO (0 5)
        S1: * ESEARCH (TAG "B02") ADDTO (0 4)
        S1: n OK …
        C1: x CANCELUPDATE "B01"
        S1: x OK …
        C2: f STORE 1:* -FLAGS.SILENT (\Flagged)
        S2: f OK …
        C1: n NOOP
        S1: * 3 FETCH (FLAGS (\Recent))
        S1/ ^\* 4 FETCH \(FLAGS \(.*\)\)$
        S1: * ESEARCH (TAG "B02") REMOVEFROM (0 3:4)
        S1: n OK …
        """);

    [Fact]
    public Task Updates_come_within_idle_and_end_with_the_mailbox() => world.PlayAsync(2, Selected + """
        C1: B1 UID SEARCH RETURN (UPDATE) UNSEEN
        S1: * ESEARCH (TAG "B1") UID
        S1: B1 OK …
        C1: i IDLE
        S1: + …
        C2: a STORE 2 +FLAGS.SILENT (\Seen)
        S2: a OK …
        S1: * 2 FETCH (FLAGS (\Seen \Recent))
        S1: * ESEARCH (TAG "B1") UID REMOVEFROM (0 2)
        C2: b APPEND INBOX {11+}
        C2: Subject: m5
        S2> b OK …
        S1: * 5 EXISTS
        S1/ RECENT
        S1: * ESEARCH (TAG "B1") UID ADDTO (0 5)
        C1: DONE
        S1: i OK …
        C1: s SELECT INBOX
        S1> s OK …
        C2: c STORE 3 +FLAGS.SILENT (\Seen)
        S2: c OK …
        C1: n NOOP
        S1: * 3 FETCH (FLAGS (…))
        S1: n OK …
        """);

    /// <summary>RFC 5267 §4.3.3 and §4.3.4: each place holds as the client has the result when it comes to it.</summary>
    [Fact]
    public Task A_sort_is_kept_up_to_date_by_places() => world.PlayAsync(2, Selected + """
        C1: C01 UID SORT RETURN (UPDATE ALL) (REVERSE SIZE) UTF-8 UNDELETED
        S1: * ESEARCH (TAG "C01") UID ALL 1,3:4,2
        S1: C01 OK …
        C2: a STORE 1,4,2 +FLAGS.SILENT (\Deleted)
        S2: a OK …
        C1: n NOOP
        S1> * 4 FETCH (FLAGS (\Deleted \Recent))
        S1: * ESEARCH (TAG "C01") UID REMOVEFROM (3 4,2 1 1)
        S1: n OK …
        C2: b STORE 1:* -FLAGS.SILENT (\Deleted)
        S2: b OK …
        C1: n NOOP
        S1> * 4 FETCH (FLAGS (\Recent))
        S1: * ESEARCH (TAG "C01") UID ADDTO (1 1 3 4,2)
        S1: n OK …
        C2: c APPEND INBOX {19+}
        C2: Subject: m5 between
        S2> c OK …
        C1: n NOOP
        S1> * ESEARCH (TAG "C01") UID ADDTO (3 5)
        S1: n OK …
        C2: d STORE 3,5 +FLAGS.SILENT (\Deleted)
        S2: d OK …
        C2: e EXPUNGE
        S2> e OK …
        C1: n NOOP
        S1: * ESEARCH (TAG "C01") UID REMOVEFROM (2 3,5)
        S1: * 5 EXPUNGE
        S1: * 3 EXPUNGE
        S1: n OK …
        C1: C02 SORT RETURN (UPDATE COUNT) (SIZE) UTF-8 UNSEEN
        S1: * ESEARCH (TAG "C02") COUNT 3
        S1: C02 OK …
        C1: g STORE 3 +FLAGS.SILENT (\Seen)
        S1: * ESEARCH (TAG "C02") REMOVEFROM (2 3)
        S1: g OK …
        """);

    [Fact]
    public Task What_cannot_be_kept_up_to_date_is_still_searched() => world.PlayAsync(2, Selected + """
        C1: a1 SEARCH RETURN (UPDATE COUNT) 1:3
        S1: * NO [NOUPDATE "a1"] …
        S1: * ESEARCH (TAG "a1") COUNT 3
        S1: a1 OK …
        C1: a2 SEARCH RETURN (UPDATE COUNT) YOUNGER 100
        S1: * NO [NOUPDATE "a2"] …
        S1: * ESEARCH (TAG "a2") COUNT 4
        S1: a2 OK …
        C1: a3 SEARCH RETURN (UPDATE COUNT) NOT UID 4:*
        S1: * NO [NOUPDATE "a3"] …
        S1: * ESEARCH (TAG "a3") COUNT 3
        S1: a3 OK …
        C1: b1 SEARCH RETURN (UPDATE COUNT) UID 1:*
        S1: * ESEARCH (TAG "b1") COUNT 4
        S1: b1 OK …
        C1: b1 SEARCH RETURN (UPDATE COUNT) ALL
        S1: b1 BAD …
        C1: b1 SEARCH RETURN (COUNT) ALL
        S1: * ESEARCH (TAG "b1") COUNT 4
        S1: b1 OK …
        C1: b2 SEARCH RETURN (UPDATE) SEEN
        S1: * ESEARCH (TAG "b2")
        S1: b2 OK …
        C1: b3 SEARCH RETURN (UPDATE) SEEN
        S1: * ESEARCH (TAG "b3")
        S1: b3 OK …
        C1: b4 SEARCH RETURN (UPDATE) SEEN
        S1: * ESEARCH (TAG "b4")
        S1: b4 OK …
        C1: b5 SEARCH RETURN (UPDATE) SEEN
        S1: * ESEARCH (TAG "b5")
        S1: b5 OK …
        C1: b6 SEARCH RETURN (UPDATE COUNT) UNSEEN
        S1: * NO [NOUPDATE "b6"] …
        S1: * ESEARCH (TAG "b6") COUNT 4
        S1: b6 OK …
        C1: c1 CANCELUPDATE "b2" "b3"
        S1: c1 OK …
        C1: c2 CANCELUPDATE "b2"
        S1: c2 BAD …
        C1: c3 CANCELUPDATE
        S1: c3 BAD …
        C1: c4 CANCELUPDATE b4
        S1: c4 BAD …
        C1: b6 SEARCH RETURN (UPDATE COUNT) UNSEEN
        S1: * ESEARCH (TAG "b6") COUNT 4
        S1: b6 OK …
        """);

    [Theory]
    [InlineData("SEARCH RETURN (PARTIAL 1:2) ALL", " PARTIAL (1:2 1:2)")]
    [InlineData("SEARCH RETURN (PARTIAL 2:1) ALL", " PARTIAL (1:2 1:2)")]
    [InlineData("SEARCH RETURN (PARTIAL 3:500) ALL", " PARTIAL (3:500 3:4)")]
    [InlineData("SEARCH RETURN (PARTIAL -1:-2) ALL", " PARTIAL (-1:-2 3:4)")]
    [InlineData("SEARCH RETURN (PARTIAL -100:-2) ALL", " PARTIAL (-2:-100 1:3)")]
    [InlineData("SEARCH RETURN (COUNT PARTIAL -2:-100) FLAGGED", " COUNT 2 PARTIAL (-2:-100 1)")]
    [InlineData("SEARCH RETURN (PARTIAL 23500:24000) ALL", " PARTIAL (23500:24000 NIL)")]
    [InlineData("SEARCH RETURN (MIN PARTIAL 1:1) ANSWERED", " PARTIAL (1:1 NIL)")]
    [InlineData("UID SEARCH RETURN (PARTIAL 2:2) FLAGGED", " UID PARTIAL (2:2 3)")]
    [InlineData("SORT RETURN (PARTIAL 2:3) (REVERSE SIZE) UTF-8 ALL", " PARTIAL (2:3 3:4)")]
    [InlineData("SORT (REVERSE SIZE) UTF-8 RETURN (PARTIAL 3:2) ALL", " PARTIAL (2:3 3:4)")] // where imaptest has RETURN
    [InlineData("SORT RETURN (PARTIAL -1:-1 MIN) (SIZE) UTF-8 ALL", " MIN 2 PARTIAL (-1:-1 1)")]
    public Task Gives_a_part_of_the_results(string command, string reply) => world.PlayAsync(2, Selected + $"""
        C1: a {command}
        S1: * ESEARCH (TAG "a"){reply}
        S1: a OK …
        """);

    [Fact]
    public Task Refuses_parts_that_are_none_and_saves_those_that_are() => world.PlayAsync(2, Selected + """
        C1: a SEARCH RETURN (PARTIAL 1:2 ALL) ALL
        S1: a BAD …
        C1: b SEARCH RETURN (PARTIAL 1:2 PARTIAL 3:4) ALL
        S1: b BAD …
        C1: c SEARCH RETURN (PARTIAL 0:2) ALL
        S1: c BAD …
        C1: d SEARCH RETURN (PARTIAL -1:2) ALL
        S1: d BAD …
        C1: e SEARCH RETURN (PARTIAL) ALL
        S1: e BAD …
        C1: f SEARCH RETURN (PARTIAL 1) ALL
        S1: f BAD …
        C1: g SEARCH RETURN (SAVE PARTIAL 2:3) ALL
        S1: * ESEARCH (TAG "g") PARTIAL (2:3 2:3)
        S1: g OK …
        C1: h SEARCH $
        S1: * SEARCH 2 3
        S1: h OK …
        C1: i SEARCH RETURN (SAVE MAX PARTIAL 1:1) ALL
        S1: * ESEARCH (TAG "i") MAX 4 PARTIAL (1:1 1)
        S1: i OK …
        C1: j SEARCH RETURN (PARTIAL -1:-1) MODSEQ 1 $
        S1: * OK [HIGHESTMODSEQ 5] …
        S1: * ESEARCH (TAG "j") PARTIAL (-1:-1 4) MODSEQ …
        S1: j OK …
        C1: k SEARCH $
        S1: * SEARCH 1 4
        S1: k OK …
        """);

    [Fact]
    public Task Fetches_a_part_of_what_is_named() => world.PlayAsync(2, Selected + """
        C1: a UID FETCH 1:* (UID) (PARTIAL -1:-2)
        S1: * 3 FETCH (UID 3)
        S1: * 4 FETCH (UID 4)
        S1: a OK …
        C1: b UID FETCH 2:4 (UID) (PARTIAL 1:1)
        S1: * 2 FETCH (UID 2)
        S1: b OK …
        C1: c UID FETCH 1:* (UID) (PARTIAL 5:9)
        S1: c OK …
        """);
}
