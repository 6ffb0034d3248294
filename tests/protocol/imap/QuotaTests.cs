namespace MailMesh.Protocol.Tests.Imap;

/// <summary>RFC 9208: GETQUOTA, GETQUOTAROOT, SETQUOTA, STATUS DELETED and DELETED-STORAGE, and refusals past a quota.</summary>
[Collection(ImapCollection.Name)]
public sealed class QuotaTests(ImapWorld world)
{
    [Fact]
    public Task Use_and_limits_are_told_by_root_and_mailbox() => world.PlayBetweenAsync("""
        C1: a APPEND INBOX {11+}
        C1: Subject: m1
        S1: a OK …
        C1: b GETQUOTAROOT INBOX
        S1: * QUOTAROOT INBOX "{alice}"
        S1: * QUOTA "{alice}" (STORAGE 1 10 MESSAGE 1 3)
        S1: b OK …
        C1: c GETQUOTA {alice}
        S1: * QUOTA "{alice}" (STORAGE 1 10 MESSAGE 1 3)
        S1: c OK …
        C1: d GETQUOTA ""
        S1: d NO [NONEXISTENT] …
        C1: e GETQUOTAROOT nowhere
        S1: e NO [NONEXISTENT] …
        C1: f SETQUOTA {alice} (STORAGE 5000 MESSAGE 100)
        S1: f NO [NOPERM] …
        C1: g SETQUOTA {alice} ()
        S1: g NO [NOPERM] …
        C1: h SETQUOTA {alice}
        S1: h BAD …
        C1: i SETQUOTA {alice} (STORAGE)
        S1: i BAD …
        # Bob's limit is one of messages, Carol has none.
        C2: a GETQUOTAROOT Trash
        S2: * QUOTAROOT Trash "{bob}"
        S2: * QUOTA "{bob}" (MESSAGE 0 2)
        S2: a OK …
        C3: a GETQUOTAROOT INBOX
        S3: * QUOTAROOT INBOX
        S3: a OK …
        C3: b GETQUOTA {carol}
        S3: b NO [NONEXISTENT] …
        # Of others only those hear who may read a mailbox of theirs.
        C2: b GETQUOTA {alice}
        S2: b NO [NONEXISTENT] …
        C2: c GETQUOTAROOT "Other Users/{alice}/INBOX"
        S2: c NO [NONEXISTENT] …
        C1: j SETACL INBOX {bob} lr
        S1: j OK …
        C2: d GETQUOTAROOT "Other Users/{alice}/INBOX"
        S2: * QUOTAROOT "Other Users/{alice}/INBOX" "{alice}"
        S2: * QUOTA "{alice}" (STORAGE 1 10 MESSAGE 1 3)
        S2: d OK …
        C2: e GETQUOTA {alice}
        S2: * QUOTA "{alice}" (STORAGE 1 10 MESSAGE 1 3)
        S2: e OK …
        """, prepare: LimitAsync);

    [Fact]
    public Task Nothing_goes_in_past_a_quota() => world.PlayBetweenAsync("""
        C2: a APPEND INBOX {11+}
        C2: Subject: m1
        S2: a OK …
        C2: b APPEND INBOX {11+}
        C2: Subject: m2
        S2: b OK …
        C2: c APPEND INBOX {11+}
        C2: Subject: m3
        S2: c NO [OVERQUOTA] …
        C2: d SELECT INBOX
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
        S2: d OK …
        C2: e COPY 1 Trash
        S2: e NO [OVERQUOTA] …
        # A move within the account takes no room.
        C2: f MOVE 1 Trash
        S2/ COPYUID
        S2: * 1 EXPUNGE
        S2: f OK …
        C2: g GETQUOTAROOT INBOX
        S2: * QUOTAROOT INBOX "{bob}"
        S2: * QUOTA "{bob}" (MESSAGE 2 2)
        S2: g OK …
        C2: h STORE 1 +FLAGS.SILENT (\Deleted)
        S2: h OK …
        C2: i STATUS INBOX (DELETED DELETED-STORAGE)
        S2: * STATUS INBOX (DELETED 1 DELETED-STORAGE 11)
        S2: i OK …
        C2: j STATUS Trash (DELETED-STORAGE DELETED MESSAGES)
        S2: * STATUS Trash (DELETED-STORAGE 0 DELETED 0 MESSAGES 1)
        S2: j OK …
        C2: k EXPUNGE
        S2: * 1 EXPUNGE
        S2: k OK …
        C2: l APPEND INBOX {11+}
        C2: Subject: m4
        S2: * 1 EXISTS
        S2/ RECENT
        S2: l OK …
        # What goes into another's mailbox counts for its owner.
        C2: m SETACL INBOX {alice} lri
        S2: m OK …
        C1: a APPEND "Other Users/{bob}/INBOX" {11+}
        C1: Subject: m5
        S1: a NO [OVERQUOTA] …
        C1: b APPEND INBOX {11001+}
        """ + "\nC1: " + new string('a', 11001) + """

        S1: b NO [OVERQUOTA] …
        """, prepare: LimitAsync);

    private async Task LimitAsync(string[] addresses)
    {
        await world.SetQuotaAsync(addresses[0], 10_240, 3);
        await world.SetQuotaAsync(addresses[1], null, 2);
    }
}
