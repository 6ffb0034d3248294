namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 5465 NOTIFY: news without asking, of the selected mailbox and of others.</summary>
[Collection(ImapCollection.Name)]
public sealed class NotifyTests(ImapWorld world)
{
    /// <summary>Session 1 has selected INBOX, with one message.</summary>
    private const string Selected = """
        C2: p APPEND INBOX (\Seen) {11+}
        C2: Subject: m1
        S2: p OK …
        C1: p SELECT INBOX
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 1 EXISTS
        S1/ RECENT
        S1: * OK [UIDVALIDITY {inbox}] …
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: p OK …

        """;

    [Fact]
    public Task The_selected_mailbox_tells_what_was_asked_for() => world.PlayAsync(2, Selected + """
        C1: a NOTIFY SET (selected (MessageNew (UID FLAGS BODY[HEADER.FIELDS (SUBJECT)]) MessageExpunge FlagChange))
        S1: a OK …
        C2: b APPEND INBOX (\Flagged) {11+}
        C2: Subject: m2
        S2: b OK …
        S1: * 2 EXISTS
        S1: * 2 RECENT
        S1: * 2 FETCH (UID 2 FLAGS (\Flagged \Recent) BODY[HEADER.FIELDS (SUBJECT)] {15}
        S1: Subject: m2
        S1:
        S1: )
        C2: c SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 2 EXISTS
        S2/ RECENT
        S2/ UNSEEN
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: c OK …
        C2: d STORE 1 +FLAGS.SILENT (\Deleted)
        S2: d OK …
        S1: * 1 FETCH (UID 1 FLAGS (\Deleted \Seen \Recent))
        C2: e EXPUNGE
        S2: * 1 EXPUNGE
        S2: e OK …
        S1: * 1 EXPUNGE
        # The message was fetched without being seen.
        C1: b FETCH 1 FLAGS
        S1: * 1 FETCH (FLAGS (\Flagged \Recent))
        S1: b OK …
        # In IDLE the same.
        C1: c IDLE
        S1: + …
        C2: f STORE 1 +FLAGS.SILENT (\Answered)
        S2: f OK …
        S1: * 1 FETCH (UID 2 FLAGS (\Answered \Flagged \Recent))
        C1: DONE
        S1: c OK …
        """);

    [Fact]
    public Task Without_FlagChange_flags_are_not_told_and_delayed_expunges_wait_for_a_command() => world.PlayAsync(2, Selected + """
        C1: a NOTIFY SET (selected-delayed (MessageNew MessageExpunge))
        S1: a OK …
        C2: b SELECT INBOX
        S2/ FLAGS
        S2/ PERMANENT
        S2: * 1 EXISTS
        S2/ RECENT
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: b OK …
        C2: c STORE 1 +FLAGS.SILENT (\Deleted)
        S2: c OK …
        C2: d EXPUNGE
        S2: * 1 EXPUNGE
        S2: d OK …
        C2: e APPEND INBOX {11+}
        C2: Subject: m2
        S2: * 1 EXISTS
        S2/ RECENT
        S2: e OK …
        S1: * 2 EXISTS
        S1/ RECENT
        C1: b FETCH 2 UID
        S1: * 2 FETCH (UID 2)
        S1: b OK …
        C1: c NOOP
        S1: * 1 EXPUNGE
        S1: c OK …
        """);

    [Fact]
    public Task Without_the_selected_mailbox_IDLE_tells_nothing_of_it() => world.PlayAsync(2, Selected + """
        C1: a NOTIFY NONE
        S1: a OK …
        C1: b IDLE
        S1: + …
        C2: b APPEND INBOX {11+}
        C2: Subject: m2
        S2: b OK …
        # Events move the snapshot that both share in the background; a look moves it now.
        C2: x EXAMINE INBOX
        S2> x OK …
        C2: x UNSELECT
        S2: x OK …
        C1: DONE
        S1: * 2 EXISTS
        S1: * 2 RECENT
        S1: b OK …
        C1: c NOTIFY SET (selected NONE) (mailboxes Archive (MessageNew MessageExpunge))
        S1: c OK …
        C2: c APPEND INBOX {11+}
        C2: Subject: m3
        S2: c OK …
        C2: d APPEND Archive {11+}
        C2: Subject: m4
        S2: d OK …
        S1: * STATUS Archive (MESSAGES 1 UIDNEXT 2 UIDVALIDITY {archive} UNSEEN 1)
        C1: d NOOP
        S1: * 3 EXISTS
        S1: * 3 RECENT
        S1: d OK …
        """);

    [Fact]
    public Task Other_mailboxes_tell_where_they_stand() => world.PlayAsync(2, Selected + """
        C1: a NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) (mailboxes (Sent Trash nowhere INBOX) (MessageNew MessageExpunge FlagChange)) (subtree Work (MessageNew MessageExpunge))
        S1: * STATUS Sent (MESSAGES 0 UIDNEXT 1 UIDVALIDITY {sent} UNSEEN 0 HIGHESTMODSEQ 1)
        S1: * STATUS Trash (MESSAGES 0 UIDNEXT 1 UIDVALIDITY {trash} UNSEEN 0 HIGHESTMODSEQ 1)
        S1: a OK …
        C2: b APPEND Sent {11+}
        C2: Subject: m2
        S2: b OK …
        S1: * STATUS Sent (MESSAGES 1 UIDNEXT 2 UIDVALIDITY {sent} UNSEEN 1 HIGHESTMODSEQ 2)
        # Not asked for.
        C2: c APPEND Drafts {11+}
        C2: Subject: m3
        S2: c OK …
        C2: d SELECT Sent
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
        S2: d OK …
        C2: e STORE 1 +FLAGS.SILENT (\Seen)
        S2: e OK …
        S1: * STATUS Sent (MESSAGES 1 UIDNEXT 2 UIDVALIDITY {sent} UNSEEN 0 HIGHESTMODSEQ 3)
        C2: f MOVE 1 Trash
        S2/ COPYUID
        S2: * 1 EXPUNGE
        S2: f OK …
        S1/ STATUS (Sent \(MESSAGES 0|Trash \(MESSAGES 1)
        S1/ STATUS (Sent \(MESSAGES 0|Trash \(MESSAGES 1)
        # A mailbox that is made later counts too.
        C2: g CREATE Work/Plans
        S2: g OK …
        C2: h APPEND Work/Plans {11+}
        C2: Subject: m4
        S2: h OK …
        S1: * STATUS Work/Plans (MESSAGES 1 UIDNEXT 2 UIDVALIDITY {plans} UNSEEN 1)
        # Of the selected one its own news tell, and no STATUS.
        C2: i APPEND INBOX {11+}
        C2: Subject: m5
        S2: i OK …
        S1: * 2 EXISTS
        S1: * 2 RECENT
        C1: z NOOP
        S1: z OK …
        """);

    [Fact]
    public Task Names_and_subscriptions_are_told() => world.PlayAsync(2, """
        C1: a NOTIFY SET (personal (MailboxName SubscriptionChange))
        S1: a OK …
        C2: a CREATE Work/Plans
        S2: a OK …
        S1: * LIST () "/" Work
        S1: * LIST () "/" Work/Plans
        C2: b RENAME Work/Plans Work/Done
        S2: b OK …
        S1: * LIST () "/" Work/Done ("OLDNAME" (Work/Plans))
        C2: c SUBSCRIBE Work/Done
        S2: c OK …
        S1: * LIST (\Subscribed) "/" Work/Done
        C2: d DELETE Work
        S2: d OK …
        S1: * LIST (\Noselect) "/" Work
        C2: e DELETE Work/Done
        S2: e OK …
        S1: * LIST (\NonExistent) "/" Work/Done
        C2: f UNSUBSCRIBE Work/Done
        S2: f OK …
        S1: * LIST (\NonExistent) "/" Work/Done
        C2: g UNSUBSCRIBE Sent
        S2: g OK …
        S1: * LIST () "/" Sent
        C1: b NOTIFY SET (subtree (Sent) (MailboxName))
        S1: b OK …
        C2: h CREATE Other
        S2: h OK …
        C2: i CREATE Sent/2026
        S2: i OK …
        S1: * LIST () "/" Sent/2026
        # RFC 7377 §4: one level, and no more.
        C1: c NOTIFY SET (subtree-one Sent (MailboxName))
        S1: c OK …
        C2: j CREATE Sent/2026/May
        S2: j OK …
        C2: k CREATE Sent2
        S2: k OK …
        C2: l CREATE Sent/2027
        S2: l OK …
        S1: * LIST () "/" Sent/2027
        C1: d NOTIFY SET (subtree-one "" (MailboxName))
        S1: d OK …
        C2: m CREATE Sent/2028
        S2: m OK …
        C2: n CREATE Top
        S2: n OK …
        S1: * LIST () "/" Top
        # Names are called as in other commands.
        C1: e NOTIFY SET (mailboxes (inbox/below Cafe&AwE-) (MailboxName))
        S1: e OK …
        C2: o CREATE INBOX/below
        S2: o OK …
        S1: * LIST () "/" INBOX/below
        C2: p CREATE Caf&AOk-
        S2: p OK …
        S1: * LIST () "/" Caf&AOk-
        """);

    [Fact]
    public Task Mailboxes_of_others_are_told_as_far_as_rights_go() => world.PlayBetweenAsync("""
        C1: a CREATE Work
        S1: a OK …
        C1: b SETACL Work {bob} lr
        S1: b OK …
        C1: c SETACL Sent {bob} l
        S1: c OK …
        C2: a NOTIFY SET STATUS (subtree "Other Users" (MessageNew MessageExpunge MailboxName))
        S2: * STATUS "Other Users/{alice}/Work" (MESSAGES 0 UIDNEXT 1 UIDVALIDITY {work} UNSEEN 0)
        S2: a OK …
        C3: a NOTIFY SET (subtree "" (MessageNew MessageExpunge MailboxName))
        S3: a OK …
        C1: d APPEND Sent {11+}
        C1: Subject: m1
        S1: d OK …
        C1: e APPEND Work {11+}
        C1: Subject: m2
        S1: e OK …
        S2: * STATUS "Other Users/{alice}/Work" (MESSAGES 1 UIDNEXT 2 UIDVALIDITY {work} UNSEEN 1)
        # A mailbox comes and goes with the right to look it up.
        C1: f SETACL Work {carol} lr
        S1: f OK …
        S3: * LIST () "/" "Other Users/{alice}/Work"
        C1: g DELETEACL Work {bob}
        S1: g OK …
        S2: * LIST (\NoAccess) "/" "Other Users/{alice}/Work"
        C1: h APPEND Work {11+}
        C1: Subject: m3
        S1: h OK …
        S3: * STATUS "Other Users/{alice}/Work" (MESSAGES 2 UIDNEXT 3 UIDVALIDITY {work} UNSEEN 2)
        C2: b NOOP
        S2: b OK …
        C1: i RENAME Work Done
        S1: i OK …
        S3: * LIST () "/" "Other Users/{alice}/Done" ("OLDNAME" ("Other Users/{alice}/Work"))
        C1: j DELETE Done
        S1: j OK …
        S3: * LIST (\NoAccess) "/" "Other Users/{alice}/Done"
        """);

    [Fact]
    public Task Inboxes_and_subscribed_mailboxes_are_filters_too() => world.PlayAsync(2, """
        C1: a NOTIFY SET STATUS (inboxes (MessageNew MessageExpunge))
        S1: * STATUS INBOX (MESSAGES 0 …
        S1: * STATUS Junk (MESSAGES 0 …
        S1: a OK …
        C2: a UNSUBSCRIBE Junk
        S2: a OK …
        C2: b UNSUBSCRIBE Drafts
        S2: b OK …
        C1: b NOTIFY SET STATUS (subscribed (MessageNew MessageExpunge))
        S1: * STATUS Archive (…
        S1: * STATUS INBOX (…
        S1: * STATUS Sent (…
        S1: * STATUS Trash (…
        S1: b OK …
        C2: c APPEND Drafts {11+}
        C2: Subject: m1
        S2: c OK …
        C2: d APPEND INBOX {11+}
        C2: Subject: m1
        S2: d OK …
        S1: * STATUS INBOX (MESSAGES 1 …
        """);

    [Fact]
    public Task What_cannot_be_told_is_refused() => world.PlayAsync("""
        C: a NOTIFY SET (personal (AnnotationChange MessageNew MessageExpunge))
        S: a NO [BADEVENT (MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange MailboxMetadataChange ServerMetadataChange)] …
        C: b NOTIFY SET (personal (Whatever))
        S: b NO [BADEVENT (…
        C: c NOTIFY SET (personal (MessageNew))
        S: c BAD …
        C: d NOTIFY SET (personal (MessageExpunge))
        S: d BAD …
        C: e NOTIFY SET (personal (FlagChange))
        S: e BAD …
        C: f NOTIFY SET (selected (MailboxName))
        S: f BAD …
        C: g NOTIFY SET (selected (MessageNew MessageExpunge)) (selected-delayed (MessageNew MessageExpunge))
        S: g BAD …
        C: h NOTIFY SET (personal (MessageNew (UID) MessageExpunge))
        S: h BAD …
        C: i NOTIFY SET (elsewhere (MailboxName))
        S: i BAD …
        C: j NOTIFY SET
        S: j BAD …
        C: k NOTIFY SET ()
        S: k BAD …
        C: l NOTIFY SET (personal ())
        S: l BAD …
        C: m NOTIFY
        S: m BAD …
        C: n NOTIFY SET (mailboxes () (MailboxName))
        S: n BAD …
        C: o NOTIFY NONE
        S: o OK …
        C: p notify set status (personal none)
        S: p OK …
        """);

    [Fact]
    public async Task Commands_that_are_pipelined_are_answered_in_their_order()
    {
        await world.PlayAsync(2, Selected + """
            C1: a NOTIFY SET (selected (MessageNew MessageExpunge))
            C1: b NOOP
            C1: c APPEND INBOX {11}
            S1: a OK …
            S1: b OK …
            S1: + …
            C1: Subject: m2
            S1: * 2 EXISTS
            S1: * 2 RECENT
            S1: c OK …
            C1: d LOGOUT
            S1: * BYE …
            S1: d OK …
            END1
            """);
    }
}
