namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 7377 MULTISEARCH.</summary>
[Collection(ImapCollection.Name)]
public sealed class MultiSearchTests(ImapWorld world)
{
    /// <summary>"one" in INBOX (1 and 3), work (2) and work/old/deep (1); nothing of it in work/old.</summary>
    private const string Filled = """
        C: c CREATE work/old/deep
        S: c OK …
        C: c CREATE work
        S> c …
        C: c CREATE work/old
        S> c …
        C: c SUBSCRIBE work
        S: c OK …
        C: p APPEND INBOX {12+}
        C: Subject: one
        S: p OK [APPENDUID {inbox} 1] …
        C: p APPEND INBOX {12+}
        C: Subject: two
        S: p OK …
        C: p APPEND INBOX {12+}
        C: Subject: one
        S: p OK …
        C: p APPEND work {12+}
        C: Subject: two
        S: p OK [APPENDUID {work} 1] …
        C: p APPEND work {12+}
        C: Subject: one
        S: p OK …
        C: p APPEND work/old {12+}
        C: Subject: two
        S: p OK [APPENDUID {old} 1] …
        C: p APPEND work/old/deep {12+}
        C: Subject: one
        S: p OK [APPENDUID {deep} 1] …

        """;

    [Theory]
    [InlineData("(mailboxes INBOX)", "INBOX")]
    [InlineData("(mailboxes (\"inbox\" work nowhere work/old))", "INBOX work")]
    [InlineData("(mailboxes INBOX mailboxes INBOX)", "INBOX")]
    [InlineData("(inboxes)", "INBOX")]
    [InlineData("(personal)", "INBOX work work/old/deep")]
    [InlineData("(subscribed)", "INBOX work")]
    [InlineData("(subtree work)", "work work/old/deep")]
    [InlineData("(subtree-one (work))", "work")]
    [InlineData("(subtree-one (work work/old))", "work work/old/deep")]
    [InlineData("(SUBTREE wor)", "")]
    [InlineData("(subtree work inboxes)", "INBOX work work/old/deep")]
    public Task Looks_through_the_mailboxes_that_are_named(string source, string mailboxes)
    {
        var replies = mailboxes.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(mailbox => mailbox switch
        {
            "INBOX" => "S: * ESEARCH (TAG \"a\" MAILBOX INBOX UIDVALIDITY {inbox}) UID ALL 1,3",
            "work" => "S: * ESEARCH (TAG \"a\" MAILBOX work UIDVALIDITY {work}) UID ALL 2",
            _ => "S: * ESEARCH (TAG \"a\" MAILBOX work/old/deep UIDVALIDITY {deep}) UID ALL 1",
        });
        return world.PlayAsync(Filled + $"""
            C: a ESEARCH IN {source} SUBJECT one
            {string.Join('\n', replies)}
            S: a OK …
            """);
    }

    [Fact]
    public Task The_selected_mailbox_is_searched_as_it_is_shown() => world.PlayAsync(Filled + """
        C: a SELECT work
        S> a OK …
        C: b ESEARCH SUBJECT one
        S: * ESEARCH (TAG "b" MAILBOX work UIDVALIDITY {work}) UID ALL 2
        S: b OK …
        C: c ESEARCH RETURN (COUNT MIN SAVE) CHARSET UTF-8 1:*
        S: * ESEARCH (TAG "c" MAILBOX work UIDVALIDITY {work}) UID MIN 1 COUNT 2
        S: c OK …
        C: d ESEARCH IN (selected) RETURN (UPDATE PARTIAL 1:1) $
        S: * ESEARCH (TAG "d" MAILBOX work UIDVALIDITY {work}) UID PARTIAL (1:1 1)
        S: d OK …
        C: e ESEARCH IN (selected inboxes mailboxes work) RETURN (COUNT) SUBJECT o
        S: * ESEARCH (TAG "e" MAILBOX work UIDVALIDITY {work}) UID COUNT 2
        S: * ESEARCH (TAG "e" MAILBOX INBOX UIDVALIDITY {inbox}) UID COUNT 3
        S: e OK …
        C: f ESEARCH IN (personal) RETURN (COUNT MAX) UID 1 MODSEQ 1
        S: * ESEARCH (TAG "f" MAILBOX INBOX UIDVALIDITY {inbox}) UID MAX 1 COUNT 1 MODSEQ …
        S: * ESEARCH (TAG "f" MAILBOX work UIDVALIDITY {work}) UID MAX 1 COUNT 1 MODSEQ …
        S: * ESEARCH (TAG "f" MAILBOX work/old UIDVALIDITY {old}) UID MAX 1 COUNT 1 MODSEQ …
        S: * ESEARCH (TAG "f" MAILBOX work/old/deep UIDVALIDITY {deep}) UID MAX 1 COUNT 1 MODSEQ …
        S: f OK …
        """);

    /// <summary>RFC 7377 §2.2: what is of the selected mailbox may name it, as long as it is the only one.</summary>
    [Fact]
    public Task The_selected_mailbox_may_be_named() => world.PlayAsync(Filled + """
        C: a SELECT work
        S> a OK …
        C: b ESEARCH IN (mailboxes Work) RETURN (SAVE) ALL
        S: b BAD …
        C: c ESEARCH IN (mailboxes work) RETURN (SAVE COUNT) 1:*
        S: * ESEARCH (TAG "c" MAILBOX work UIDVALIDITY {work}) UID COUNT 2
        S: c OK …
        C: d ESEARCH IN (selected mailboxes (work nowhere)) $
        S: * ESEARCH (TAG "d" MAILBOX work UIDVALIDITY {work}) UID ALL 1:2
        S: d OK …
        C: e ESEARCH IN (mailboxes (work INBOX)) RETURN (SAVE) ALL
        S: e BAD …
        C: f ESEARCH IN (selected inboxes) 1:*
        S: f BAD …
        C: g ESEARCH IN (mailboxes INBOX) $
        S: g BAD …
        C: h UNSELECT
        S: h OK …
        C: i ESEARCH IN (mailboxes work) RETURN (SAVE) ALL
        S: i BAD …
        """);

    [Fact]
    public Task Mailboxes_are_called_as_in_other_commands() => world.PlayAsync("""
        C: a CREATE INBOX/below
        S: a OK …
        C: b APPEND INBOX/below {12+}
        C: Subject: one
        S: b OK [APPENDUID {below} 1] …
        C: c ESEARCH IN (mailboxes inbox/below) ALL
        S: * ESEARCH (TAG "c" MAILBOX INBOX/below UIDVALIDITY {below}) UID ALL 1
        S: c OK …
        C: d CREATE Caf&AOk-
        S: d OK …
        C: e APPEND Caf&AOk- {12+}
        C: Subject: one
        S: e OK [APPENDUID {cafe} 1] …
        # RFC 9051 §5.1: e and an accent are an é.
        C: f ESEARCH IN (subtree (Inbox/below Cafe&AwE-)) ALL
        S/ Caf&AOk-|INBOX/below
        S/ Caf&AOk-|INBOX/below
        S: f OK …
        # RFC 5465 §6.6: below the empty name are all.
        C: g ESEARCH IN (subtree "") ALL
        S/ Caf&AOk-|INBOX/below
        S/ Caf&AOk-|INBOX/below
        S: g OK …
        C: h ESEARCH IN (subtree-one "") ALL
        S: * ESEARCH (TAG "h" MAILBOX Caf&AOk- UIDVALIDITY {cafe}) UID ALL 1
        S: h OK …
        """);

    /// <summary>RFC 5465 §6.3, as NOTIFY takes it: where mail is delivered.</summary>
    [Fact]
    public Task Inboxes_are_where_mail_is_delivered() => world.PlayAsync(Filled + """
        C: a APPEND Junk {12+}
        C: Subject: one
        S: a OK [APPENDUID {junk} 1] …
        C: b APPEND Archive {12+}
        C: Subject: one
        S: b OK …
        C: c ESEARCH IN (inboxes) SUBJECT one
        S: * ESEARCH (TAG "c" MAILBOX INBOX UIDVALIDITY {inbox}) UID ALL 1,3
        S: * ESEARCH (TAG "c" MAILBOX Junk UIDVALIDITY {junk}) UID ALL 1
        S: c OK …
        C: d RENAME Junk work/spam
        S: d OK …
        C: e ESEARCH IN (inboxes) RETURN (COUNT) SUBJECT one
        S: * ESEARCH (TAG "e" MAILBOX INBOX UIDVALIDITY {inbox}) UID COUNT 2
        S: * ESEARCH (TAG "e" MAILBOX work/spam UIDVALIDITY {junk}) UID COUNT 1
        S: e OK …
        """);

    [Fact]
    public Task Refuses_what_has_no_meaning() => world.PlayAsync(Filled + """
        C: a ESEARCH SUBJECT one
        S: a BAD …
        C: b ESEARCH IN (selected inboxes) ALL
        S: b BAD …
        C: c ESEARCH IN (inboxes) 1:*
        S: c BAD …
        C: d ESEARCH IN (inboxes) $
        S: d BAD …
        C: e ESEARCH IN (inboxes) RETURN (SAVE) ALL
        S: e BAD …
        C: f ESEARCH IN (inboxes) RETURN (UPDATE) ALL
        S: f BAD …
        C: g ESEARCH IN () ALL
        S: g BAD …
        C: h ESEARCH IN (elsewhere) ALL
        S: h BAD …
        C: i ESEARCH IN (mailboxes) ALL
        S: i BAD …
        C: j ESEARCH IN (inboxes)
        S: j BAD …
        C: k ESEARCH IN (inboxes) CHARSET X-NONE ALL
        S: k NO [BADCHARSET …] …
        """);
}
