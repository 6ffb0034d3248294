namespace MailMesh.Mailstore;

/// <summary>A run of messages in UID order, immutable; never empty within a snapshot.</summary>
internal sealed class SnapshotChunk(MailboxMessage[] messages)
{
    /// <summary>A change copies one chunk: 4 KiB of references.</summary>
    public const int MaxMessages = 512;

    public static readonly SnapshotChunk Empty = new([]);

    private int _unseen = -1;
    private string[]? _keywords;

    public MailboxMessage[] Messages { get; } = messages;

    public int Count => Messages.Length;

    public long LastUid => Messages.Length == 0 ? 0 : Messages[^1].Uid;

    /// <summary>Messages without \Seen; counted once, on first use.</summary>
    public int Unseen => _unseen >= 0 ? _unseen : _unseen = Messages.Count(m => !m.Flags.HasFlag(SystemFlags.Seen));

    public IReadOnlyList<string> Keywords => _keywords ??=
        [.. Messages.Where(m => m.Keywords is not null).Select(m => m.Keywords!).Distinct().SelectMany(k => k.Split(' ')).Distinct(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Index of the first message whose UID is at least this.</summary>
    public int LowerBound(long uid)
    {
        int low = 0, high = Messages.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Messages[middle].Uid < uid)
                low = middle + 1;
            else
                high = middle;
        }
        return low;
    }

    /// <summary>Cuts messages into chunks.</summary>
    public static IEnumerable<SnapshotChunk> Split(ReadOnlyMemory<MailboxMessage> messages)
    {
        for (var start = 0; start < messages.Length; start += MaxMessages)
            yield return new SnapshotChunk(messages.Slice(start, Math.Min(MaxMessages, messages.Length - start)).ToArray());
    }

    /// <summary>Appends this chunk with changes to <paramref name="target"/>: itself where none has an effect.</summary>
    public void Merge(Slice<MailboxMessage> changed, Slice<long> vanished, List<SnapshotChunk> target)
    {
        if (Count == MaxMessages && vanished.Count == 0 && changed.Count > 0 && changed[0].Uid > LastUid)
        {
            // Only new mail: a full chunk stays as it is.
            target.Add(this);
            Empty.Merge(changed, vanished, target);
            return;
        }
        if (!HasEffect(changed, vanished))
        {
            if (Count > 0)
                target.Add(this);
            return;
        }
        var merged = MergeMessages(changed, vanished);
        // Chunks that shrank join their neighbour, so that a mailbox that empties does not stay a list of tiny chunks.
        if (target.Count > 0 && target[^1].Count + merged.Count <= MaxMessages / 2)
        {
            merged.InsertRange(0, target[^1].Messages);
            target.RemoveAt(target.Count - 1);
        }
        target.AddRange(Split(merged.ToArray()));
    }

    private bool HasEffect(Slice<MailboxMessage> changed, Slice<long> vanished)
    {
        for (var i = 0; i < vanished.Count; i++)
        {
            if (Find(vanished[i]) is not null)
                return true;
        }
        for (var i = 0; i < changed.Count; i++)
        {
            var known = Find(changed[i].Uid);
            if (known is null ? !vanished.Contains(changed[i].Uid) : known.ModSeq < changed[i].ModSeq)
                return true;
        }
        return false;
    }

    private List<MailboxMessage> MergeMessages(Slice<MailboxMessage> changed, Slice<long> vanished)
    {
        var merged = new List<MailboxMessage>(Count + changed.Count);
        int known = 0, next = 0, gone = 0;
        while (known < Count || next < changed.Count)
        {
            MailboxMessage message;
            if (next == changed.Count || (known < Count && Messages[known].Uid < changed[next].Uid))
            {
                message = Messages[known++];
            }
            else if (known == Count || changed[next].Uid < Messages[known].Uid)
            {
                message = changed[next++];
            }
            else
            {
                message = changed[next].ModSeq > Messages[known].ModSeq ? changed[next] : Messages[known];
                (known, next) = (known + 1, next + 1);
            }
            while (gone < vanished.Count && vanished[gone] < message.Uid)
                gone++;
            if (gone == vanished.Count || vanished[gone] != message.Uid)
                merged.Add(message);
        }
        return merged;
    }

    private MailboxMessage? Find(long uid)
    {
        var index = LowerBound(uid);
        return index < Count && Messages[index].Uid == uid ? Messages[index] : null;
    }
}
