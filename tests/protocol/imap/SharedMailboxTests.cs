namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 4314 §4: what each right lets others do in a mailbox that its owner shares.</summary>
[Collection(ImapCollection.Name)]
public sealed class SharedMailboxTests(ImapWorld world)
{
    [Fact]
    public Task Whoever_may_only_read_changes_nothing() => world.PlayBetweenAsync("""
        C1: a APPEND INBOX (\Flagged \Deleted) {11+}
        C1: Subject: m1
        S1: a OK …
        C1: b SETACL INBOX {bob} lr
        S1: b OK …
        C2: a SELECT "Other Users/{alice}/INBOX"
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft)
        S2: * OK [PERMANENTFLAGS ()] …
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK [READ-ONLY] …
        C2: b FETCH 1 BODY[HEADER.FIELDS (SUBJECT)]
        S2: * 1 FETCH (BODY[HEADER.FIELDS (SUBJECT)] {15}
        S2: Subject: m1
        S2:
        S2: )
        S2: b OK …
        C2: c FETCH 1 FLAGS
        S2: * 1 FETCH (FLAGS (\Flagged \Deleted \Recent))
        S2: c OK …
        C2: d STORE 1 +FLAGS (\Seen)
        S2: d NO …
        C2: e EXPUNGE
        S2: e NO [NOPERM] …
        C2: f UID EXPUNGE 1
        S2: f NO [NOPERM] …
        C2: g MOVE 1 INBOX
        S2: g NO [NOPERM] …
        C2: h COPY 1 "Other Users/{alice}/INBOX"
        S2: h NO [NOPERM] …
        C2: i COPY 1 INBOX
        S2: i OK [COPYUID …
        C2: j CLOSE
        S2: j OK …
        C1: c STATUS INBOX (MESSAGES UNSEEN)
        S1: * STATUS INBOX (MESSAGES 1 UNSEEN 1)
        S1: c OK …
        """);

    [Fact]
    public Task Each_flag_has_its_right() => world.PlayBetweenAsync("""
        C1: a APPEND INBOX ($kept \Answered) {11+}
        C1: Subject: m1
        S1: a OK …
        C1: b SETACL INBOX {bob} lrs
        S1: b OK …
        C2: a SELECT "Other Users/{alice}/INBOX"
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $kept)
        S2: * OK [PERMANENTFLAGS (\Seen)] …
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK [READ-WRITE] …
        C2: b STORE 1 +FLAGS (\Flagged)
        S2: b NO [NOPERM] …
        C2: c STORE 1 +FLAGS.SILENT (\Deleted $new)
        S2: c NO [NOPERM] …
        # RFC 4314 §4: what may be changed is, without a word of the rest.
        C2: d STORE 1 +FLAGS (\Seen \Flagged $new)
        S2: * 1 FETCH (FLAGS (\Answered \Seen \Recent $kept))
        S2: d OK …
        C2: e STORE 1 FLAGS (\Draft)
        S2: * 1 FETCH (FLAGS (\Answered \Recent $kept))
        S2: e OK …
        C2: f FETCH 1 BODY[TEXT]
        S2: * 1 FETCH (BODY[TEXT] {0}
        S2:  FLAGS (\Answered \Seen \Recent $kept))
        S2: f OK …
        C1: c SETACL INBOX {bob} lrwt
        S1: c OK …
        C2: g STORE 1 -FLAGS (\Seen)
        S2: g NO [NOPERM] …
        C2: h STORE 1 FLAGS (\Deleted $new)
        S2: * FLAGS (\Answered \Flagged \Deleted \Seen \Draft $kept $new)
        S2: * OK [PERMANENTFLAGS (\Answered \Flagged \Deleted \Draft $kept $new \*)] …
        S2: * 1 FETCH (FLAGS (\Deleted \Seen \Recent $new))
        S2: h OK …
        C2: i EXPUNGE
        S2: i NO [NOPERM] …
        # Without e CLOSE closes all the same.
        C2: j CLOSE
        S2: j OK …
        C1: d STATUS INBOX (MESSAGES)
        S1: * STATUS INBOX (MESSAGES 1)
        S1: d OK …
        C1: e SETACL INBOX {bob} lre
        S1: e OK …
        C2: k SELECT "Other Users/{alice}/INBOX"
        S2/ FLAGS
        S2: * OK [PERMANENTFLAGS ()] …
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: k OK [READ-WRITE] …
        C2: l MOVE 1 INBOX
        S2: l NO [NOPERM] …
        C2: m EXPUNGE
        S2: * 1 EXPUNGE
        S2: m OK …
        """);

    [Fact]
    public Task Messages_go_from_account_to_account_with_the_flags_that_may_be_set_there() => world.PlayBetweenAsync("""
        C1: a CREATE Drop
        S1: a OK …
        C1: b SETACL Drop {bob} lis
        S1: b OK …
        C2: a APPEND "Other Users/{alice}/Drop" (\Seen \Flagged $k) {12+}
        C2: Subject: one
        S2: a OK Append completed
        C2: b APPEND INBOX (\Seen \Flagged \Deleted $k) {12+}
        C2: Subject: two
        S2: b OK …
        C2: c SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: c OK …
        # RFC 4315 §3: to put messages in does not tell what the mailbox holds.
        C2: d COPY 1 "Other Users/{alice}/Drop"
        S2: d OK Copy completed
        C2: e MOVE 1 "Other Users/{alice}/Drop"
        S2: * 1 EXPUNGE
        S2: e OK Move completed
        C2: r APPEND INBOX {14+}
        C2: Subject: three
        S2: * 1 EXISTS
        S2: * 1 RECENT
        S2: r OK …
        C2: s REPLACE 1 "Other Users/{alice}/Drop" {13+}
        C2: Subject: four
        S2: * 1 EXPUNGE
        S2: s OK Replace completed
        # Put in, and neither seen nor taken out again.
        C2: f SELECT "Other Users/{alice}/Drop"
        S2/ CLOSED
        S2: f NO [NOPERM] …
        C1: c SELECT Drop
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 4 EXISTS
        S1: * 4 RECENT
        S1/ UNSEEN
        S1: * OK [UIDVALIDITY {validity}] …
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: c OK …
        C1: d FETCH 1:* FLAGS
        S1: * 1 FETCH (FLAGS (\Seen \Recent))
        S1: * 2 FETCH (FLAGS (\Seen \Recent))
        S1: * 3 FETCH (FLAGS (\Seen \Recent))
        S1: * 4 FETCH (FLAGS (\Recent))
        S1: d OK …
        C1: e SETACL Drop {bob} lrte
        S1: e OK …
        C2: g SELECT "Other Users/{alice}/Drop"
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 4 EXISTS
        S2/ RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: g OK …
        C2: h MOVE 1:2 Archive
        S2: * OK [COPYUID {archive} 1:2 1:2] …
        S2: * 2 EXPUNGE
        S2: * 1 EXPUNGE
        S2: h OK …
        C1: f NOOP
        S1: * 2 EXPUNGE
        S1: * 1 EXPUNGE
        S1: f OK …
        """);

    [Fact]
    public Task A_right_that_is_taken_away_is_gone_at_once_where_the_mailbox_is_selected() => world.PlayBetweenAsync("""
        C1: a APPEND INBOX {11+}
        C1: Subject: m1
        S1: a OK …
        C1: b SETACL INBOX {bob} lrs
        S1: b OK …
        C2: a SELECT "Other Users/{alice}/INBOX"
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK [READ-WRITE] …
        C1: c DELETEACL INBOX {bob}
        S1: c OK …
        C1: d APPEND INBOX {11+}
        C1: Subject: m2
        S1: d OK …
        # Neither a command nor news tell any more.
        C2: b NOOP
        S2: b OK …
        C2: c FETCH 1 FLAGS
        S2: c NO [NOPERM] …
        C2: d SEARCH ALL
        S2: d NO [NOPERM] …
        C2: e STORE 1 +FLAGS (\Seen)
        S2: e NO [NOPERM] …
        C2: f COPY 1 INBOX
        S2: f NO [NOPERM] …
        C2: g IDLE
        S2: + …
        C1: e APPEND INBOX {11+}
        C1: Subject: m3
        S1: e OK …
        C2: DONE
        S2: g OK …
        C1: f SETACL INBOX {bob} lr
        S1: f OK …
        C2: h NOOP
        S2: * 3 EXISTS
        S2/ RECENT
        S2: h OK …
        C2: i UNSELECT
        S2: i OK …
        """);

    [Fact]
    public Task Mailboxes_below_a_shared_one_are_made_renamed_and_removed_by_their_rights() => world.PlayBetweenAsync("""
        C1: a CREATE Team
        S1: a OK …
        C1: b SETACL Team {bob} lrk
        S1: b OK …
        C1: c SETACL Team {carol} lr
        S1: c OK …
        C2: a CREATE "Other Users/{alice}/Team/a/b"
        S2: a OK …
        C2: b CREATE "Other Users/{alice}/Top"
        S2: b NO [NOPERM] …
        C2: c CREATE "Other Users/{alice}/Team/c" (USE (\Junk))
        S2: c NO [USEATTR] …
        # RFC 4314 §4: a new mailbox begins with the rights of the one above.
        C1: d GETACL Team/a/b
        S1: * ACL Team/a/b "{alice}" "lrswipkxteacd" "{bob}" "lrkc" "{carol}" "lr"
        S1: d OK …
        C3: a CREATE "Other Users/{alice}/Team/d"
        S3: a NO [NOPERM] …
        C3: b LIST "Other Users/{alice}/" *
        S3: * LIST (\HasChildren) "/" "Other Users/{alice}/Team"
        S3: * LIST (\HasChildren) "/" "Other Users/{alice}/Team/a"
        S3: * LIST (\HasNoChildren) "/" "Other Users/{alice}/Team/a/b"
        S3: b OK …
        C2: d RENAME "Other Users/{alice}/Team/a/b" "Other Users/{alice}/Team/e"
        S2: d NO [NOPERM] …
        C1: e SETACL Team/a/b {bob} +x
        S1: e OK …
        C2: e RENAME "Other Users/{alice}/Team/a/b" "Other Users/{alice}/Up"
        S2: e NO [NOPERM] …
        C2: f RENAME "Other Users/{alice}/Team/a/b" "Mine"
        S2: f NO [CANNOT] …
        C2: g RENAME "Other Users/{alice}/Team/a/b" "Other Users/{alice}/Team/e"
        S2: g OK …
        C2: h DELETE "Other Users/{alice}/Team/a"
        S2: h NO [NOPERM] …
        C2: i DELETE "Other Users/{alice}/Team/e"
        S2: i OK …
        C1: f LIST "" Team*
        S1: * LIST (\HasChildren) "/" Team
        S1: * LIST (\HasNoChildren) "/" Team/a
        S1: f OK …
        C1: g SETACL INBOX {bob} lrx
        S1: g OK …
        C2: j RENAME "Other Users/{alice}/INBOX" "Other Users/{alice}/Team/inbox"
        S2: j NO [CANNOT] …
        C2: k DELETE "Other Users/{alice}/INBOX"
        S2: k NO [CANNOT] …
        """);

    [Fact]
    public Task Whoever_administers_a_mailbox_gives_rights_in_it() => world.PlayBetweenAsync("""
        C1: a SETACL INBOX {bob} la
        S1: a OK …
        C2: a SETACL "Other Users/{alice}/INBOX" {carol} lr
        S2: a OK …
        C2: b GETACL "Other Users/{alice}/INBOX"
        S2: * ACL "Other Users/{alice}/INBOX" "{alice}" "lrswipkxteacd" "{bob}" "la" "{carol}" "lr"
        S2: b OK …
        C2: c SETACL "Other Users/{alice}/INBOX" {alice} ""
        S2: c NO [CANNOT] …
        C2: d DELETEACL "Other Users/{alice}/INBOX" {bob}
        S2: d OK …
        C2: e GETACL "Other Users/{alice}/INBOX"
        S2: e NO [NONEXISTENT] …
        C3: a STATUS "Other Users/{alice}/INBOX" (MESSAGES)
        S3: * STATUS "Other Users/{alice}/INBOX" (MESSAGES 0)
        S3: a OK …
        """);
}
