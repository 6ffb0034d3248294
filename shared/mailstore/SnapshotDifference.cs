namespace MailMesh.Mailstore;

/// <summary>What lies between two snapshots of a mailbox; each list in UID order.</summary>
/// <param name="Vanished">With sequence numbers of the older snapshot: send EXPUNGE from the last to the first.</param>
/// <param name="Changed">In both, with another MODSEQ; sequence numbers of the newer one.</param>
/// <param name="Added">Only in the newer one, with its sequence numbers.</param>
public sealed record SnapshotDifference(IReadOnlyList<SequencedMessage> Vanished, IReadOnlyList<SequencedMessage> Changed, IReadOnlyList<SequencedMessage> Added)
{
    public bool IsEmpty => Vanished.Count == 0 && Changed.Count == 0 && Added.Count == 0;
}
