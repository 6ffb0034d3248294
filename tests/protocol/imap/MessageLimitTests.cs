using MailMesh.Access.Imap;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 9738 MESSAGELIMIT: how many messages a command processes, and the keys UIDAFTER and UIDBEFORE.</summary>
[Collection(ImapCollection.Name)]
public sealed class MessageLimitTests(ImapWorld world)
{
    /// <summary>INBOX with the UIDs 2 to 6, so that no UID is a sequence number; the first and the last are flagged.</summary>
    private const string Selected = """
        C: p APPEND INBOX (\Deleted) {1+}
        C: x
        S: p OK …
        C: p SELECT INBOX
        S> p OK …
        C: p EXPUNGE
        S: * 1 EXPUNGE
        S: p OK …
        C: p APPEND INBOX (\Flagged) {1+}
        C: x {1+}
        C: y
        S: * 2 EXISTS
        S/ RECENT
        S: p OK …
        C: p APPEND INBOX {1+}
        C: z {1+}
        C: v (\Flagged) {1+}
        C: w
        S: * 5 EXISTS
        S/ RECENT
        S: p OK …

        """;

    private Task PlayAsync(string transcript, long limit = 3) => world.PlayAsync(1, Selected + transcript, new ImapOptions { MessageLimit = limit });

    [Theory]
    [InlineData(1000, " MESSAGELIMIT=1000")]
    [InlineData(0, null)]
    public async Task It_is_announced_where_there_is_one(long limit, string? announced)
    {
        await using var session = world.Connect(world.Server(new ImapOptions { MessageLimit = limit }));
        var greeting = await session.ReadLineAsync();
        Assert.Equal(announced is not null, greeting!.Contains(announced ?? " MESSAGELIMIT", StringComparison.Ordinal));
    }

    [Fact]
    public Task Fetch_goes_from_the_highest_down() => PlayAsync("""
        C: a FETCH 1:4 (UID)
        S: * 4 FETCH (UID 5)
        S: * 3 FETCH (UID 4)
        S: * 2 FETCH (UID 3)
        S: a OK [MESSAGELIMIT 3 3] …
        C: b UID FETCH 1:2 (BODY.PEEK[TEXT])
        S: * 1 FETCH (UID 2 BODY[TEXT] {0}
        S: )
        S: b OK Fetch completed
        C: c UID FETCH 1:* (BODY.PEEK[HEADER])
        S: * 5 FETCH (UID 6 BODY[HEADER] {1}
        S: w)
        S: * 4 FETCH (UID 5 BODY[HEADER] {1}
        S: v)
        S: * 3 FETCH (UID 4 BODY[HEADER] {1}
        S: z)
        S: c OK [MESSAGELIMIT 3 4] …
        C: d FETCH 3:5 (UID)
        S: * 3 FETCH (UID 4)
        S: * 4 FETCH (UID 5)
        S: * 5 FETCH (UID 6)
        S: d OK Fetch completed
        """);

    /// <summary>CHANGEDSINCE and PARTIAL choose first.</summary>
    [Fact]
    public Task Fetch_counts_what_its_modifiers_leave() => PlayAsync("""
        C: a STORE 1 +FLAGS.SILENT (\Seen)
        S: a OK …
        C: b UID FETCH 1:* (FLAGS) (CHANGEDSINCE 5)
        S: * OK [HIGHESTMODSEQ 6] …
        S: * 1 FETCH (UID 2 FLAGS (\Flagged \Seen \Recent) MODSEQ (6))
        S: b OK Fetch completed
        C: c UID FETCH 1:* (UID) (PARTIAL 1:3)
        S: * 1 FETCH (UID 2 MODSEQ (6))
        S/ 2 FETCH
        S/ 3 FETCH
        S: c OK Fetch completed
        C: d UID FETCH 1:* (UID) (PARTIAL -1:-4)
        S: d NO [MESSAGELIMIT 3] …
        """);

    [Fact]
    public Task Store_takes_the_highest() => PlayAsync("""
        C: a STORE 1:* +FLAGS.SILENT (\Seen)
        S: a OK [MESSAGELIMIT 3 4] …
        C: b SEARCH UID 4:6 SEEN
        S: * SEARCH 3 4 5
        S: b OK Search completed
        C: c SEARCH UIDBEFORE 4 SEEN
        S: * SEARCH
        S: c OK Search completed
        C: d UID STORE 2:5 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\Draft)
        S: * OK [HIGHESTMODSEQ 6] …
        S: * 2 FETCH (UID 3 MODSEQ (…))
        S: * 3 FETCH (UID 4 FLAGS (\Seen \Recent) MODSEQ (…))
        S: * 4 FETCH (UID 5 FLAGS (\Seen \Recent) MODSEQ (…))
        S: * NO [MESSAGELIMIT 3 3] …
        S: d OK [MODIFIED 4:5] …
        """);

    [Fact]
    public Task Copy_does_all_or_nothing_and_move_the_highest() => PlayAsync("""
        C: a COPY 1:* Trash
        S: a NO [MESSAGELIMIT 3 4] …
        C: b STATUS Trash (MESSAGES)
        S: * STATUS Trash (MESSAGES 0)
        S: b OK …
        C: c UID MOVE 1:* Trash
        S: * OK [COPYUID … 4:6 1:3] Moved
        S: * 5 EXPUNGE
        S: * 4 EXPUNGE
        S: * 3 EXPUNGE
        S: c OK [MESSAGELIMIT 3 4] …
        C: d UID COPY 1:* Trash
        S: d OK [COPYUID … 2:3 4:5] …
        """);

    [Fact]
    public Task A_code_of_the_tagged_reply_goes_first() => PlayAsync("""
        C: p ENABLE QRESYNC
        S: * ENABLED …
        S: * OK [HIGHESTMODSEQ 5] …
        S: p OK …
        C: a MOVE 1:* Trash
        S: * OK [COPYUID … 4:6 1:3] Moved
        S: * NO [MESSAGELIMIT 3 4] …
        S: * VANISHED 4:6
        S: a OK [HIGHESTMODSEQ …] …
        """);

    /// <summary>§3.1: EXPUNGE and CLOSE are whole.</summary>
    [Fact]
    public Task Uid_expunge_takes_the_highest_that_are_deleted() => PlayAsync("""
        C: a STORE 1:2 +FLAGS.SILENT (\Deleted)
        S: a OK …
        C: b STORE 4:5 +FLAGS.SILENT (\Deleted)
        S: b OK …
        C: c UID EXPUNGE 1:*
        S: * 5 EXPUNGE
        S: * 4 EXPUNGE
        S: * 2 EXPUNGE
        S: c OK [MESSAGELIMIT 3 3] …
        C: d UID EXPUNGE 1:*
        S: * 1 EXPUNGE
        S: d OK UID …
        C: e APPEND INBOX (\Deleted) {1+}
        C: x (\Deleted) {1+}
        C: x (\Deleted) {1+}
        C: x
        S: * 4 EXISTS
        S/ RECENT
        S: e OK …
        C: f STORE 1 +FLAGS.SILENT (\Deleted)
        S: f OK …
        C: g EXPUNGE
        S: * 4 EXPUNGE
        S: * 3 EXPUNGE
        S: * 2 EXPUNGE
        S: * 1 EXPUNGE
        S: g OK Expunge completed
        """);

    /// <summary>Messages that are looked at count, not those that are found; UIDs and numbers say which are.</summary>
    [Fact]
    public Task Search_looks_at_the_highest() => PlayAsync("""
        C: a SEARCH FLAGGED
        S: * SEARCH 5
        S: a OK [MESSAGELIMIT 3 4] …
        C: b UID SEARCH UIDBEFORE 4 FLAGGED
        S: * SEARCH 2
        S: b OK Search completed
        C: c UID SEARCH 1:3 (UIDAFTER 2) ALL
        S: * SEARCH 3 4
        S: c OK Search completed
        C: d UID SEARCH RETURN (COUNT SAVE) ALL
        S: * ESEARCH (TAG "d") UID COUNT 3
        S: d OK [MESSAGELIMIT 3 4] …
        C: e FETCH $ (UID)
        S: * 3 FETCH (UID 4)
        S: * 4 FETCH (UID 5)
        S: * 5 FETCH (UID 6)
        S: e OK Fetch completed
        C: f UID SEARCH RETURN (UPDATE ALL) ALL
        S: * NO [NOUPDATE "f"] …
        S: * ESEARCH (TAG "f") UID ALL 4:6
        S: f OK [MESSAGELIMIT 3 4] …
        C: g UID SEARCH OR UID 2:3 UID 4
        S: * SEARCH 4
        S: g OK [MESSAGELIMIT 3 4] …
        """);

    /// <summary>§3.3: half a sorted list would be none.</summary>
    [Fact]
    public Task Sort_and_thread_are_refused() => PlayAsync("""
        C: a SORT (ARRIVAL) UTF-8 FLAGGED
        S: a NO [MESSAGELIMIT 3] …
        C: b UID SORT (ARRIVAL) UTF-8 UIDAFTER 3
        S: * SORT 4 5 6
        S: b OK Search completed
        C: c THREAD REFERENCES UTF-8 ALL
        S: c NO [MESSAGELIMIT 3] …
        C: d UID THREAD REFS UTF-8 UIDBEFORE 4
        S: * THREAD (2)(3)
        S: d OK …
        """);

    [Fact]
    public Task Append_takes_as_many() => world.PlayAsync(1, """
        C: a APPEND INBOX {1+}
        C: x {1+}
        C: y {1+}
        C: z
        S: a OK …
        C: b APPEND INBOX {1+}
        C: x {1+}
        C: y {1+}
        C: z {1+}
        C: v
        S: b NO [MESSAGELIMIT 3] …
        C: c STATUS INBOX (MESSAGES)
        S: * STATUS INBOX (MESSAGES 3)
        S: c OK …
        """, new ImapOptions { MessageLimit = 3 });

    [Fact]
    public Task Keys_by_UID_are_there_without_a_limit() => PlayAsync("""
        C: a UID SEARCH UIDAFTER 5
        S: * SEARCH 6
        S: a OK Search completed
        C: b UID SEARCH UIDAFTER 6
        S: * SEARCH
        S: b OK Search completed
        C: c UID SEARCH UIDAFTER 4294967295
        S: * SEARCH
        S: c OK Search completed
        C: d UID SEARCH UIDBEFORE 1
        S: * SEARCH
        S: d OK Search completed
        C: e UID SEARCH NOT UIDBEFORE 5
        S: * SEARCH 5 6
        S: e OK Search completed
        C: f FETCH 1:* (UID)
        S/ 1 FETCH
        S/ 2 FETCH
        S/ 3 FETCH
        S/ 4 FETCH
        S/ 5 FETCH
        S: f OK Fetch completed
        """, limit: 0);

    [Theory]
    [InlineData("UIDAFTER")]
    [InlineData("UIDAFTER 0")]
    [InlineData("UIDBEFORE *")]
    [InlineData("UIDBEFORE 1:2")]
    [InlineData("UIDBEFORE 4294967296")]
    public Task Keys_by_UID_take_one_UID(string key) => PlayAsync($"""
        C: a SEARCH {key}
        S: a BAD …
        """);
}
