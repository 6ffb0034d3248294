namespace MailMesh.Contracts;

/// <summary>Event: a mailbox has reached a new MODSEQ, by delivery or by a session. Access copies move their snapshots forward.</summary>
public sealed record MailboxChanged
{
    public required long AccountId { get; init; }

    public required long MailboxId { get; init; }

    /// <summary>HIGHESTMODSEQ after the change.</summary>
    public required long ModSeq { get; init; }
}
