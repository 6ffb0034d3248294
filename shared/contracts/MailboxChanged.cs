namespace MailMesh.Contracts;

/// <summary>Event: a mailbox has reached a new MODSEQ, by delivery or by a session, or something about an account's mailboxes changed. Access copies move their snapshots forward.</summary>
public sealed record MailboxChanged
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    public required long AccountId { get; init; }

    /// <summary>0 where it is no single one.</summary>
    public required long MailboxId { get; init; }

    /// <summary>HIGHESTMODSEQ after the change; 0 where it has none, as that of a name.</summary>
    public required long ModSeq { get; init; }

    /// <summary>Names, subscriptions or rights of the account changed.</summary>
    public bool Listing { get; init; }

    /// <summary>RFC 5464 entries of the mailbox, or of the server where there is none, that changed.</summary>
    public IReadOnlyList<string> Entries { get; init; } = [];

    /// <summary>The account whose private <see cref="Entries"/> they are; 0 for shared ones.</summary>
    public long ReaderId { get; init; }
}
