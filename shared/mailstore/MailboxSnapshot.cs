namespace MailMesh.Mailstore;

/// <summary>
/// A mailbox at one MODSEQ: its messages in UID order, immutable, in chunks that later snapshots share where nothing
/// changed. Sequence numbers start at 1 (RFC 3501 §2.3.1.2); look-ups either way take O(log n).
/// </summary>
public sealed class MailboxSnapshot
{
    private readonly SnapshotChunk[] _chunks;

    /// <summary>For each chunk, the messages up to its end.</summary>
    private readonly int[] _ends;

    private MailboxSnapshot(MailboxInfo mailbox, SnapshotChunk[] chunks)
    {
        Mailbox = mailbox;
        _chunks = chunks;
        _ends = new int[chunks.Length];
        for (var i = 0; i < chunks.Length; i++)
            _ends[i] = (i == 0 ? 0 : _ends[i - 1]) + chunks[i].Count;
    }

    /// <summary>The mailbox with the counters of this snapshot.</summary>
    public MailboxInfo Mailbox { get; }

    public long UidNext => Mailbox.UidNext;

    public long HighestModSeq => Mailbox.HighestModSeq;

    /// <summary>Messages, so the highest sequence number.</summary>
    public int Count => _ends.Length == 0 ? 0 : _ends[^1];

    /// <summary>UID of the last message; 0 in an empty mailbox.</summary>
    public long LastUid => _chunks.Length == 0 ? 0 : _chunks[^1].LastUid;

    /// <summary>Messages without \Seen.</summary>
    public int Unseen => _chunks.Sum(chunk => chunk.Unseen);

    /// <summary>Every keyword that a message has, in no order.</summary>
    public IReadOnlySet<string> Keywords
    {
        get
        {
            var all = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
            foreach (var chunk in _chunks)
                all.UnionWith(chunk.Keywords);
            return all;
        }
    }

    /// <summary>Sequence number of the first message without \Seen; 0 where all are seen.</summary>
    public int FirstUnseen
    {
        get
        {
            var chunk = Array.FindIndex(_chunks, c => c.Unseen > 0);
            if (chunk < 0)
                return 0;
            return StartOf(chunk) + Array.FindIndex(_chunks[chunk].Messages, m => !m.Flags.HasFlag(SystemFlags.Seen)) + 1;
        }
    }

    /// <summary>The message with this sequence number.</summary>
    /// <exception cref="ArgumentOutOfRangeException">No message has it.</exception>
    public MailboxMessage this[int sequence]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(sequence, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(sequence, Count);
            var chunk = ChunkOf(sequence);
            return _chunks[chunk].Messages[sequence - 1 - StartOf(chunk)];
        }
    }

    public static MailboxSnapshot From(MailboxState state)
    {
        var messages = state.Messages as MailboxMessage[] ?? [.. state.Messages];
        return new MailboxSnapshot(state.Mailbox, [.. SnapshotChunk.Split(messages)]);
    }

    /// <summary>Sequence number of the first message whose UID is at least this; <see cref="Count"/> + 1 where there is none.</summary>
    public int LowerBound(long uid)
    {
        int low = 0, high = _chunks.Length;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_chunks[middle].LastUid < uid)
                low = middle + 1;
            else
                high = middle;
        }
        return low == _chunks.Length ? Count + 1 : StartOf(low) + _chunks[low].LowerBound(uid) + 1;
    }

    /// <summary>What STATUS counts.</summary>
    /// <param name="mailbox">As it is now, which says what is \Recent.</param>
    public MailboxStatus Status(MailboxInfo mailbox)
    {
        long octets = 0, deleted = 0, deletedOctets = 0;
        foreach (var message in _chunks.SelectMany(chunk => chunk.Messages))
        {
            octets += message.Size;
            if (!message.Flags.HasFlag(SystemFlags.Deleted))
                continue;
            deleted++;
            deletedOctets += message.Size;
        }
        return new MailboxStatus(mailbox, Count, Unseen, deleted, octets, Count + 1 - LowerBound(mailbox.RecentUid)) { DeletedBytes = deletedOctets };
    }

    /// <summary>Sequence number of the message with this UID; 0 where there is none.</summary>
    public int SequenceOf(long uid)
    {
        var sequence = LowerBound(uid);
        return sequence <= Count && this[sequence].Uid == uid ? sequence : 0;
    }

    public MailboxMessage? ByUid(long uid) => SequenceOf(uid) is var sequence and > 0 ? this[sequence] : null;

    /// <summary>Messages with sequence numbers from <paramref name="first"/> to <paramref name="last"/>, as far as they exist.</summary>
    public IEnumerable<SequencedMessage> Range(int first, int last)
    {
        first = Math.Max(first, 1);
        last = Math.Min(last, Count);
        if (first > last)
            yield break;
        var sequence = first;
        for (var chunk = ChunkOf(first); sequence <= last; chunk++)
        {
            var start = StartOf(chunk);
            for (; sequence <= last && sequence <= _ends[chunk]; sequence++)
                yield return new SequencedMessage(sequence, _chunks[chunk].Messages[sequence - 1 - start]);
        }
    }

    /// <summary>Messages with UIDs from <paramref name="first"/> to <paramref name="last"/>, as far as they exist.</summary>
    public IEnumerable<SequencedMessage> UidRange(long first, long last) =>
        last < first ? [] : Range(LowerBound(first), last == long.MaxValue ? Count : LowerBound(last + 1) - 1);

    /// <summary>The mailbox after these changes; chunks without a change are shared.</summary>
    public MailboxSnapshot Apply(MailboxChanges changes)
    {
        var mailbox = Mailbox with
        {
            UidNext = Math.Max(UidNext, changes.UidNext),
            HighestModSeq = Math.Max(HighestModSeq, changes.HighestModSeq),
        };
        var vanished = changes.IsWholeMailbox ? Missing(changes.Changed) : changes.Vanished;
        var chunks = new List<SnapshotChunk>(_chunks.Length + 1);
        int changed = 0, gone = 0;
        for (var i = 0; i < _chunks.Length; i++)
        {
            var limit = i == _chunks.Length - 1 ? long.MaxValue : _chunks[i].LastUid;
            var changedEnd = changed;
            while (changedEnd < changes.Changed.Count && changes.Changed[changedEnd].Uid <= limit)
                changedEnd++;
            var goneEnd = gone;
            while (goneEnd < vanished.Count && vanished[goneEnd] <= limit)
                goneEnd++;
            _chunks[i].Merge(new Slice<MailboxMessage>(changes.Changed, changed, changedEnd), new Slice<long>(vanished, gone, goneEnd), chunks);
            (changed, gone) = (changedEnd, goneEnd);
        }
        if (_chunks.Length == 0)
            SnapshotChunk.Empty.Merge(new Slice<MailboxMessage>(changes.Changed, 0, changes.Changed.Count), new Slice<long>(vanished, 0, vanished.Count), chunks);
        return new MailboxSnapshot(mailbox with { Messages = chunks.Sum(chunk => chunk.Count) }, [.. chunks]);
    }

    /// <summary>What a session that has shown <paramref name="old"/> must be told to show <paramref name="new"/>; shared chunks are skipped.</summary>
    public static SnapshotDifference Diff(MailboxSnapshot old, MailboxSnapshot @new)
    {
        var vanished = new List<SequencedMessage>();
        var changed = new List<SequencedMessage>();
        var added = new List<SequencedMessage>();
        var (before, after) = (new Cursor(old), new Cursor(@new));
        while (!before.AtEnd || !after.AtEnd)
        {
            if (before.AtChunkOf(after))
            {
                before.SkipChunk();
                after.SkipChunk();
            }
            else if (after.AtEnd || (!before.AtEnd && before.Message.Uid < after.Message.Uid))
            {
                vanished.Add(before.Take());
            }
            else if (before.AtEnd || after.Message.Uid < before.Message.Uid)
            {
                added.Add(after.Take());
            }
            else
            {
                var (was, now) = (before.Take(), after.Take());
                if (was.Message.ModSeq != now.Message.ModSeq)
                    changed.Add(now);
            }
        }
        return new SnapshotDifference(vanished, changed, added);
    }

    /// <summary>
    /// <paramref name="new"/> with the messages of <paramref name="old"/> that went still in it: what a session shows while
    /// it may not send EXPUNGE (RFC 3501 §7.4.1). A later <see cref="Diff"/> from the result reports them.
    /// </summary>
    public static MailboxSnapshot KeepVanished(MailboxSnapshot old, MailboxSnapshot @new)
    {
        var difference = Diff(old, @new);
        if (difference.Vanished.Count == 0)
            return @new;
        var changes = difference.Changed.Concat(difference.Added).Select(m => m.Message).OrderBy(m => m.Uid).ToList();
        return old.Apply(new MailboxChanges(@new.UidNext, @new.HighestModSeq, changes, []));
    }

    /// <summary>UIDs of this snapshot that are not among <paramref name="all"/>.</summary>
    private List<long> Missing(IReadOnlyList<MailboxMessage> all)
    {
        var missing = new List<long>();
        var next = 0;
        foreach (var chunk in _chunks)
        {
            foreach (var message in chunk.Messages)
            {
                while (next < all.Count && all[next].Uid < message.Uid)
                    next++;
                if (next == all.Count || all[next].Uid != message.Uid)
                    missing.Add(message.Uid);
            }
        }
        return missing;
    }

    private int StartOf(int chunk) => chunk == 0 ? 0 : _ends[chunk - 1];

    private int ChunkOf(int sequence)
    {
        var found = Array.BinarySearch(_ends, sequence);
        return found >= 0 ? found : ~found;
    }

    /// <summary>A place in a snapshot while two are compared.</summary>
    private struct Cursor(MailboxSnapshot snapshot)
    {
        private int _chunk;
        private int _index;
        private int _sequence = 1;

        public readonly bool AtEnd => _chunk == snapshot._chunks.Length;

        public readonly MailboxMessage Message => snapshot._chunks[_chunk].Messages[_index];

        /// <summary>Both stand at the start of the very same chunk.</summary>
        public readonly bool AtChunkOf(in Cursor other) =>
            _index == 0 && other._index == 0 && !AtEnd && !other.AtEnd && ReferenceEquals(snapshot._chunks[_chunk], other.Snapshot._chunks[other._chunk]);

        private readonly MailboxSnapshot Snapshot => snapshot;

        public SequencedMessage Take()
        {
            var taken = new SequencedMessage(_sequence, Message);
            _sequence++;
            _index++;
            if (_index == snapshot._chunks[_chunk].Count)
                (_chunk, _index) = (_chunk + 1, 0);
            return taken;
        }

        public void SkipChunk()
        {
            _sequence += snapshot._chunks[_chunk].Count;
            _chunk++;
        }
    }
}
