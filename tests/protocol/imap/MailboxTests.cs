namespace MailMesh.Protocol.Tests.Imap;

/// <summary>CREATE, DELETE, RENAME, SUBSCRIBE, UNSUBSCRIBE, LIST, LSUB, NAMESPACE.</summary>
[Collection(ImapCollection.Name)]
public sealed class MailboxTests(ImapWorld world)
{
    [Fact]
    public Task List_shows_the_default_mailboxes_with_their_uses() => world.PlayAsync("""
        C: a LIST "" *
        S: * LIST (\HasNoChildren) "/" INBOX
        S: * LIST (\HasNoChildren \Archive) "/" Archive
        S: * LIST (\HasNoChildren \Drafts) "/" Drafts
        S: * LIST (\HasNoChildren \Junk) "/" Junk
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasNoChildren \Trash) "/" Trash
        S: a OK …
        C: b LIST "" ""
        S: * LIST (\Noselect) "/" ""
        S: b OK …
        C: b LIST {0+}
        C~ \x20{0+}\r\n\r\n
        S: * LIST (\Noselect) "/" ""
        S: b OK …
        # RFC 9051 §6.3.9: an empty name means nothing in the extended syntax.
        C: b1 LIST () "" ""
        S: b1 OK …
        C: b2 LIST "" "" RETURN (CHILDREN)
        S: b2 OK …
        C: b3 LIST "" ("" INBOX)
        S: * LIST (\HasNoChildren) "/" INBOX
        S: b3 OK …
        C: c LIST "" inbox
        S: * LIST (\HasNoChildren) "/" INBOX
        S: c OK …
        C: d LIST (SPECIAL-USE) "" *
        S: * LIST (\HasNoChildren \Archive) "/" Archive
        S: * LIST (\HasNoChildren \Drafts) "/" Drafts
        S: * LIST (\HasNoChildren \Junk) "/" Junk
        S: * LIST (\HasNoChildren \Sent) "/" Sent
        S: * LIST (\HasNoChildren \Trash) "/" Trash
        S: d OK …
        C: e NAMESPACE
        S: * NAMESPACE (("" "/")) (("Other Users/" "/")) NIL
        S: e OK …
        """);

    [Fact]
    public Task A_hierarchy_grows_and_goes() => world.PlayAsync("""
        C: a CREATE a/b/c
        S: a OK …
        C: b CREATE a/b
        S: b NO [ALREADYEXISTS] …
        C: c CREATE x/
        S: c OK …
        C: d LIST "" a*
        S: * LIST (\HasChildren) "/" a
        S: * LIST (\HasChildren) "/" a/b
        S: * LIST (\HasNoChildren) "/" a/b/c
        S: d OK …
        C: e LIST "" %/b
        S: * LIST (\HasChildren) "/" a/b
        S: e OK …
        C: f LIST a/ %
        S: * LIST (\HasChildren) "/" a/b
        S: f OK …
        C: g DELETE a/b
        S: g OK …
        C: h LIST "" a/b
        S: * LIST (\Noselect \HasChildren) "/" a/b
        S: h OK …
        C: i SELECT a/b
        S: i NO …
        C: j DELETE a/b
        S: j NO [HASCHILDREN] …
        C: k RENAME a z
        S: k OK …
        C: l LIST "" z/*
        S: * LIST (\Noselect \HasChildren) "/" z/b
        S: * LIST (\HasNoChildren) "/" z/b/c
        S: l OK …
        C: m DELETE INBOX
        S: m NO [CANNOT] …
        C: n DELETE nowhere
        S: n NO [NONEXISTENT] …
        C: o RENAME nowhere else
        S: o NO [NONEXISTENT] …
        C: p RENAME x z
        S: p NO [ALREADYEXISTS] …
        C: q CREATE INBOX
        S: q NO …
        C: r CREATE ""
        S: r NO [CANNOT] …
        C: s CREATE "a//b"
        S: s NO [CANNOT] …
        """);

    [Fact]
    public Task Names_beyond_ascii_are_modified_utf7_on_the_wire() => world.PlayAsync("""
        C: a CREATE "&kAFP4W4IMH8-/&ZeVnLIqe-"
        S: a OK …
        C: b LIST "" "&kAFP4W4IMH8-*"
        S: * LIST (\HasChildren) "/" &kAFP4W4IMH8-
        S: * LIST (\HasNoChildren) "/" &kAFP4W4IMH8-/&ZeVnLIqe-
        S: b OK …
        C: c STATUS &kAFP4W4IMH8-/&ZeVnLIqe- (MESSAGES)
        S: * STATUS &kAFP4W4IMH8-/&ZeVnLIqe- (MESSAGES 0)
        S: c OK …
        C: d CREATE &ZeVnLIqe
        S: d BAD …
        C: e CREATE "with \"quotes\" and blanks"
        S: e OK …
        C: f LIST "" with*
        S: * LIST (\HasNoChildren) "/" "with \"quotes\" and blanks"
        S: f OK …
        """);

    [Fact]
    public Task Special_uses_are_given_at_creation() => world.PlayAsync("""
        C: a CREATE Spam (USE (\Junk))
        S: a OK …
        C: b LIST "" Spam
        S: * LIST (\HasNoChildren \Junk) "/" Spam
        S: b OK …
        C: c CREATE Everything (USE (\All))
        S: c NO [USEATTR] …
        C: d LIST "" Everything
        S: d OK …
        C: e CREATE Plain (USE ())
        S: e OK …
        C: f CREATE Bad (SIZE 1)
        S: f BAD …
        """);

    [Fact]
    public Task Subscriptions_are_a_list_of_their_own() => world.PlayAsync("""
        C: a CREATE a/b
        S: a OK …
        C: b UNSUBSCRIBE Sent
        S: b OK …
        C: c SUBSCRIBE a/b
        S: c OK …
        C: d LSUB "" a/*
        S: * LSUB () "/" a/b
        S: d OK …
        C: f DELETE a/b
        S: f OK …
        C: g LSUB "" a/b
        S: * LSUB () "/" a/b
        S: g OK …
        C: h LIST (SUBSCRIBED) "" a*
        S: * LIST (\NonExistent \HasNoChildren \Subscribed) "/" a/b
        S: h OK …
        C: i UNSUBSCRIBE a/b
        S: i OK …
        C: j LSUB "" a*
        S: j OK …
        C: k SUBSCRIBE nowhere
        S: k NO …
        """);

    [Fact]
    public Task Lsub_tells_where_percent_stopped() => world.PlayAsync("""
        C: a CREATE deep/er/est
        S: a OK …
        C: b UNSUBSCRIBE deep
        S: b OK …
        C: c UNSUBSCRIBE deep/er
        S: c OK …
        C: d SUBSCRIBE deep/er/est
        S: d OK …
        C: e LSUB "" d%
        S: * LSUB (\Noselect) "/" deep
        S: e OK …
        C: f LIST (SUBSCRIBED RECURSIVEMATCH) "" d%
        S: * LIST (\HasChildren) "/" deep ("CHILDINFO" ("SUBSCRIBED"))
        S: f OK …
        C: g LIST "" (deep/% INBOX) RETURN (SUBSCRIBED STATUS (MESSAGES))
        S: * LIST (\HasNoChildren…) "/" INBOX
        S: * STATUS INBOX (MESSAGES 0)
        S: * LIST (\HasChildren) "/" deep/er
        S: * STATUS deep/er (MESSAGES 0)
        S: g OK …
        """);

    [Fact]
    public Task Renaming_inbox_moves_its_messages() => world.PlayAsync("""
        C: a APPEND INBOX {11+}
        C: Subject: hi
        S: a OK [APPENDUID …
        C: b SELECT INBOX
        S/ FLAGS
        S/ PERMANENTFLAGS
        S: * 1 EXISTS
        S: * 1 RECENT
        S: * OK [UNSEEN 1] …
        S/ UIDVALIDITY
        S/ UIDNEXT
        S/ HIGHESTMODSEQ
        S/ MAILBOXID
        S/ URLMECH
        S: b OK [READ-WRITE] …
        C: c RENAME INBOX Old
        S: * 1 EXPUNGE
        S: c OK …
        C: d STATUS Old (MESSAGES)
        S: * STATUS Old (MESSAGES 1)
        S: d OK …
        C: e LIST "" INBOX
        S: * LIST (\HasNoChildren) "/" INBOX
        S: e OK …
        """);

    [Fact]
    public Task A_mailbox_that_is_deleted_under_a_session_ends_it() => world.PlayAsync(2, """
        C1: a CREATE doomed
        S1: a OK …
        C2: a EXAMINE doomed
        S2/ FLAGS
        S2: * OK [PERMANENTFLAGS ()] …
        S2: * 0 EXISTS
        S2: * 0 RECENT
        S2/ UIDVALIDITY
        S2/ UIDNEXT
        S2/ HIGHESTMODSEQ
        S2/ MAILBOXID
        S2/ URLMECH
        S2: a OK [READ-ONLY] …
        C1: b DELETE doomed
        S1: b OK …
        C2: b NOOP
        S2: * BYE …
        S2: b OK …
        END2
        """);
}
