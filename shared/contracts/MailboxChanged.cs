namespace MailMesh.Contracts;

/// <summary>Event: a mailbox has reached a new MODSEQ, by delivery or by a session. Access copies move their snapshots forward.</summary>
public sealed record MailboxChanged
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    public required long AccountId { get; init; }

    public required long MailboxId { get; init; }

    /// <summary>HIGHESTMODSEQ after the change.</summary>
    public required long ModSeq { get; init; }
}
