namespace MailMesh.Mailstore;

/// <summary>What a change does to a mailbox's counters and totals.</summary>
/// <param name="Arrived">New messages; each takes a UID.</param>
/// <param name="Gone">Messages that went.</param>
/// <param name="Octets">By how much the total of RFC822.SIZE grows; negative where it shrinks.</param>
internal readonly record struct MailboxGrowth(int Arrived = 0, int Gone = 0, long Octets = 0)
{
    /// <summary>The session that adds the messages has the mailbox selected, and is told of them at once.</summary>
    public bool IsTold { get; init; }
}
