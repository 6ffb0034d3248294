namespace MailMesh.Protocol.Tests.Imap;

/// <summary>SELECT, EXAMINE, CLOSE, UNSELECT, STATUS, CHECK, and \Recent.</summary>
[Collection(ImapCollection.Name)]
public sealed class SelectTests(ImapWorld world)
{
    [Fact]
    public Task Select_describes_the_mailbox() => world.PlayAsync("""
        C: a APPEND INBOX (\Seen $Label1) {11+}
        C: Subject: hi
        S: a OK [APPENDUID {validity} 1] …
        C: b APPEND INBOX {11+}
        C: Subject: ho
        S: b OK [APPENDUID {validity} 2] …
        C: c SELECT inbox
        S: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $Label1)
        S: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Seen \Draft $Label1 \*)] …
        S: * 2 EXISTS
        S: * 2 RECENT
        S: * OK [UNSEEN 2] …
        S: * OK [UIDVALIDITY {validity}] …
        S: * OK [UIDNEXT 3] …
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: c OK [READ-WRITE] …
        C: d SELECT nowhere
        S: * OK [CLOSED] …
        S: d NO [NONEXISTENT] …
        C: e FETCH 1 FLAGS
        S: e BAD …
        """);

    [Fact]
    public Task Examine_changes_nothing() => world.PlayAsync(2, """
        C1: a APPEND INBOX (\Deleted) {11+}
        C1: Subject: hi
        S1: a OK …
        C1: b EXAMINE INBOX
        S1/ FLAGS
        S1: * OK [PERMANENTFLAGS ()] …
        S1: * 1 EXISTS
        S1: * 1 RECENT
        S1/ UNSEEN
        S1/ UIDVALIDITY
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: b OK [READ-ONLY] …
        C1: c FETCH 1 (FLAGS BODY[TEXT])
        S1: * 1 FETCH (FLAGS (\Deleted \Recent) BODY[TEXT] {0}
        S1: )
        S1: c OK …
        C1: d STORE 1 +FLAGS (\Flagged)
        S1: d NO …
        C1: e EXPUNGE
        S1: e NO …
        C1: f CLOSE
        S1: f OK …
        C1: g STATUS INBOX (MESSAGES RECENT UNSEEN UIDNEXT UIDVALIDITY)
        S1: * STATUS INBOX (MESSAGES 1 RECENT 1 UNSEEN 1 UIDNEXT 2 UIDVALIDITY …)
        S1: g OK …
        """);

    /// <summary>RFC 3501 §2.3.2: it was told of to a session, so it is recent to no other.</summary>
    [Fact]
    public Task Status_counts_no_message_as_recent_that_a_session_knows() => world.PlayAsync(3, """
        C1: a SELECT INBOX
        S1> a OK …
        C3: a EXAMINE INBOX
        S3> a OK …
        C2: a APPEND INBOX {1+}
        C2: x
        S2: a OK …
        C2: b STATUS INBOX (MESSAGES RECENT)
        S2: * STATUS INBOX (MESSAGES 1 RECENT 1)
        S2: b OK …
        C3: b NOOP
        S3: * 1 EXISTS
        S3: * 1 RECENT
        S3: b OK …
        C2: c STATUS INBOX (RECENT)
        S2: * STATUS INBOX (RECENT 1)
        S2: c OK …
        C1: b NOOP
        S1: * 1 EXISTS
        S1: * 1 RECENT
        S1: b OK …
        C2: d STATUS INBOX (MESSAGES RECENT)
        S2: * STATUS INBOX (MESSAGES 1 RECENT 0)
        S2: d OK …
        C2: e APPEND INBOX {1+}
        C2: y
        S2: e OK …
        C2: f STATUS INBOX (MESSAGES RECENT)
        S2: * STATUS INBOX (MESSAGES 2 RECENT 1)
        S2: f OK …
        """);

    [Fact]
    public Task A_message_is_recent_to_one_session() => world.PlayAsync(2, """
        C1: a APPEND INBOX {11+}
        C1: Subject: hi
        S1: a OK …
        C1: b SELECT INBOX
        S1/ FLAGS
        S1/ PERMANENTFLAGS
        S1: * 1 EXISTS
        S1: * 1 RECENT
        S1/ UNSEEN
        S1/ UIDVALIDITY
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: b OK …
        C1: c FETCH 1 FLAGS
        S1: * 1 FETCH (FLAGS (\Recent))
        S1: c OK …
        C1: d SEARCH NEW
        S1: * SEARCH 1
        S1: d OK …
        C2: a SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENTFLAGS
        S2: * 1 EXISTS
        S2: * 0 RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK …
        C2: b SEARCH OLD
        S2: * SEARCH 1
        S2: b OK …
        C2: c SEARCH RECENT
        S2: * SEARCH
        S2: c OK …
        """);

    [Fact]
    public Task Close_expunges_silently_and_unselect_does_not() => world.PlayAsync("""
        C: a APPEND INBOX (\Deleted) {11+}
        C: Subject: hi
        S: a OK …
        C: b SELECT INBOX
        S/ FLAGS
        S/ PERMANENTFLAGS
        S: * 1 EXISTS
        S/ RECENT
        S/ UNSEEN
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: b OK …
        C: c UNSELECT
        S: c OK …
        C: d STATUS INBOX (MESSAGES SIZE)
        S: * STATUS INBOX (MESSAGES 1 SIZE 11)
        S: d OK …
        C: e SELECT INBOX
        S/ FLAGS
        S/ PERMANENTFLAGS
        S: * 1 EXISTS
        S: * 0 RECENT
        S/ UNSEEN
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: e OK …
        C: f CHECK
        S: f OK …
        C: g CLOSE
        S: g OK …
        C: h CHECK
        S: h BAD …
        C: i STATUS INBOX (MESSAGES APPENDLIMIT)
        S: * STATUS INBOX (MESSAGES 0 APPENDLIMIT 26214400)
        S: i OK …
        """);

    [Fact]
    public Task Id_enable_and_capability() => world.PlayAsync("""
        C: a ID ("name" "test" "version" NIL)
        S: * ID ("name" "MailMesh" "version" "…")
        S: a OK …
        C: b ID NIL
        S: * ID (…
        S: b OK …
        C: c ENABLE X-NOTHING
        S: * ENABLED
        S: c OK …
        C: d CAPABILITY
        S: * CAPABILITY IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE CONDSTORE QRESYNC …
        S: d OK …
        """);
}
