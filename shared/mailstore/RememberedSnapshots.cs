namespace MailMesh.Mailstore;

/// <summary>
/// Snapshots that the last session left, newest first, up to a number of messages: a client that comes again, or a program that logs in for each look, has its
/// mailbox brought up to date and not loaded.
/// </summary>
/// <remarks>Whoever takes one asks the database what changed since, where the mailbox's row or news that came meanwhile say so. Not safe for use by several threads at once.</remarks>
internal sealed class RememberedSnapshots(int maxMessages)
{
    /// <summary>What an empty mailbox counts, so that their number is bounded as well.</summary>
    private const int Least = 10;

    private readonly Dictionary<long, LinkedListNode<MailboxSnapshot>> _byMailbox = [];
    private readonly LinkedList<MailboxSnapshot> _newestFirst = [];

    /// <summary>The newest change of each that news came of.</summary>
    private readonly Dictionary<long, long> _announced = [];

    private long _messages;

    /// <summary>Forgets it and gives it; null where there is none, or it is of a mailbox that was something else: made again, restored, renamed.</summary>
    public MailboxSnapshot? Take(MailboxInfo mailbox)
    {
        if (!_byMailbox.TryGetValue(mailbox.Id, out var node))
            return null;
        Remove(node);
        var was = node.Value.Mailbox;
        return was.IsSameAs(mailbox) && was.HighestModSeq <= mailbox.HighestModSeq && was.UidNext <= mailbox.UidNext
            ? node.Value
            : null;
    }

    /// <summary>A mailbox has moved on: who read its row before that and takes the snapshot after it is to know.</summary>
    public void Announce(long mailboxId, long modSeq)
    {
        if (_byMailbox.ContainsKey(mailboxId))
            _announced[mailboxId] = Math.Max(AnnouncedOf(mailboxId), modSeq);
    }

    /// <summary>The newest change that news came of; 0 for none.</summary>
    public long AnnouncedOf(long mailboxId) => _announced.GetValueOrDefault(mailboxId);

    /// <summary>As it was left; null where there is none.</summary>
    public MailboxSnapshot? Find(long mailboxId) => _byMailbox.GetValueOrDefault(mailboxId)?.Value;

    public void Add(MailboxSnapshot snapshot)
    {
        if (_byMailbox.TryGetValue(snapshot.Mailbox.Id, out var older))
            Remove(older);
        if (CostOf(snapshot) > maxMessages)
            return;
        _byMailbox[snapshot.Mailbox.Id] = _newestFirst.AddFirst(snapshot);
        _messages += CostOf(snapshot);
        while (_messages > maxMessages)
            Remove(_newestFirst.Last!);
    }

    private static int CostOf(MailboxSnapshot snapshot) => Math.Max(Least, snapshot.Count);

    private void Remove(LinkedListNode<MailboxSnapshot> node)
    {
        _newestFirst.Remove(node);
        _byMailbox.Remove(node.Value.Mailbox.Id);
        _announced.Remove(node.Value.Mailbox.Id);
        _messages -= CostOf(node.Value);
    }
}
