namespace MailMesh.Mailstore;

/// <summary>What changed in a mailbox.</summary>
/// <param name="Changed">New messages and messages with new flags, in UID order.</param>
/// <param name="Vanished">UIDs that went, ascending.</param>
public sealed record MailboxChanges(long UidNext, long HighestModSeq, IReadOnlyList<MailboxMessage> Changed, IReadOnlyList<long> Vanished)
{
    /// <summary>
    /// The memory of vanished UIDs does not go back that far: <see cref="Changed"/> is every message of the mailbox, and
    /// whatever else the reader knows has vanished.
    /// </summary>
    public bool IsWholeMailbox { get; init; }
}
