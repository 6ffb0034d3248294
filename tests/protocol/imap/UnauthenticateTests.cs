namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 8437 UNAUTHENTICATE.</summary>
[Collection(ImapCollection.Name)]
public sealed class UnauthenticateTests(ImapWorld world)
{
    [Fact]
    public Task The_next_user_finds_nothing_of_the_last() => world.PlayBetweenAsync("""
        C1: a APPEND INBOX (\Deleted) {11+}
        C1: Subject: m1
        S1: a OK …
        C1: b ENABLE QRESYNC
        S1: * ENABLED QRESYNC
        S1: b OK …
        C1: c NOTIFY SET (personal (MailboxName))
        S1: c OK …
        C1: d SELECT INBOX
        S1/ FLAGS
        S1/ PERMANENT
        S1: * 1 EXISTS
        S1/ RECENT
        S1/ UNSEEN
        S1/ UIDVALIDITY
        S1/ UIDNEXT
        S1/ HIGHESTMODSEQ
        S1/ MAILBOXID
        S1/ URLMECH
        S1: d OK …
        C1: e UNAUTHENTICATE
        S1: e OK …
        C1: f NOOP
        S1: f OK …
        C1: g SELECT INBOX
        S1: g BAD …
        C1: h UNAUTHENTICATE
        S1: h BAD …
        C1: i LOGIN {bob} "correct horse"
        S1: i OK [CAPABILITY …
        C1: j STATUS INBOX (MESSAGES)
        S1: * STATUS INBOX (MESSAGES 0)
        S1: j OK …
        # Nothing is told of the account before.
        C3: a LOGOUT
        S3/ BYE
        S3: a OK …
        C1: k SELECT INBOX (QRESYNC (1 1))
        S1: k BAD …
        C1: l UNAUTHENTICATE x
        S1: l BAD …
        C1: m UNAUTHENTICATE
        S1: m OK …
        C1: n LOGIN {alice} "correct horse"
        S1: n OK …
        # What was marked is not expunged.
        C1: o STATUS INBOX (MESSAGES DELETED)
        S1: * STATUS INBOX (MESSAGES 1 DELETED 1)
        S1: o OK …
        """);

    [Fact]
    public async Task A_session_counts_for_the_account_that_it_is_of()
    {
        var (alice, bob) = (await world.NewAccountAsync(), await world.NewAccountAsync());
        var server = world.Server(new Access.Imap.ImapOptions { MaxPerAccount = 1 });
        await using var first = world.Connect(server);
        await using var second = world.Connect(server);
        var script = new MailMesh.Testing.ProtocolScript(first, second);
        (script.Captured["alice"], script.Captured["bob"]) = (alice, bob);
        await script.RunAsync("""
            S1: * OK …
            S2: * OK …
            C1: a LOGIN {alice} "correct horse"
            S1: a OK …
            C2: a LOGIN {alice} "correct horse"
            S2: a NO [LIMIT] …
            C1: b UNAUTHENTICATE
            S1: b OK …
            C2: b LOGIN {alice} "correct horse"
            S2: b OK …
            C1: c LOGIN {alice} "correct horse"
            S1: c NO [LIMIT] …
            C1: d LOGIN {bob} "correct horse"
            S1: d OK …
            """);
    }
}
