namespace MailMesh.Mailstore;

public sealed record MailboxInfo(long Id, long AccountId, string Name, long UidValidity, long UidNext, long HighestModSeq, string? SpecialUse, bool NoSelect)
{
    /// <summary>Messages in it.</summary>
    public long Messages { get; init; }

    /// <summary>RFC 3501 §2.3.2: messages from this UID on are \Recent to the next session.</summary>
    public long RecentUid { get; init; }

    /// <summary>It is the same mailbox, whatever came into it or went: not made again, restored or renamed.</summary>
    public bool IsSameAs(MailboxInfo other) =>
        (Id, AccountId, Name, UidValidity, SpecialUse, NoSelect) == (other.Id, other.AccountId, other.Name, other.UidValidity, other.SpecialUse, other.NoSelect);
}
