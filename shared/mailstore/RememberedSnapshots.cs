namespace MailMesh.Mailstore;

/// <summary>
/// Snapshots that the last session left, newest first, up to a number of messages: a client that comes again, or a program that logs in for each look, has its
/// mailbox brought up to date and not loaded.
/// </summary>
/// <remarks>Nothing tells them news: whoever takes one asks the database what changed since. Not safe for use by several threads at once.</remarks>
internal sealed class RememberedSnapshots(int maxMessages)
{
    /// <summary>What an empty mailbox counts, so that their number is bounded as well.</summary>
    private const int Least = 10;

    private readonly Dictionary<long, LinkedListNode<MailboxSnapshot>> _byMailbox = [];
    private readonly LinkedList<MailboxSnapshot> _newestFirst = [];
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
        _messages -= CostOf(node.Value);
    }
}
