namespace MailMesh.Blobs;

/// <summary>Blocks of objects in memory, up to so many octets, the least recently used given up first. A block is fetched once, however many wait for it.</summary>
/// <param name="files">Where blocks go that are given up, and are looked for before they are fetched; null for nowhere.</param>
internal sealed class BlockCache(long capacityBytes, Func<string, long, Task<byte[]>> fetch, BlockFiles? files = null)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Key, long Block), LinkedListNode<Entry>> _entries = [];
    private readonly LinkedList<Entry> _byUse = new();
    private long _octets;

    /// <summary>A block of an object. Nobody may change it.</summary>
    public ValueTask<byte[]> GetAsync(string key, long block, CancellationToken cancellationToken)
    {
        Entry entry;
        lock (_gate)
        {
            if (_entries.TryGetValue((key, block), out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                entry = node.Value;
                BlobMetrics.Read("cache");
            }
            else
            {
                entry = new Entry(key, block);
                _entries.Add((key, block), _byUse.AddFirst(entry));
                entry.Fetching = Task.Run(() => FetchAsync(entry), CancellationToken.None); // for all who wait: no one's cancellation ends it
            }
        }
        return entry.Octets is { } octets ? ValueTask.FromResult(octets) : new ValueTask<byte[]>(entry.Fetching.WaitAsync(cancellationToken));
    }

    /// <summary>Keeps a block of an object that was written just now, as if it had been fetched.</summary>
    public void Add(string key, long block, byte[] octets)
    {
        List<Entry> givenUp;
        lock (_gate)
        {
            if (_entries.ContainsKey((key, block)))
                return;
            var entry = new Entry(key, block);
            _entries.Add((key, block), _byUse.AddFirst(entry));
            givenUp = Fill(entry, octets);
        }
        GiveUp(givenUp);
    }

    /// <summary>Whether a block is in memory now.</summary>
    public bool Has(string key, long block)
    {
        lock (_gate)
            return _entries.TryGetValue((key, block), out var node) && node.Value.Octets is not null;
    }

    /// <summary>Drops what is kept of the objects that a name starts so; true where there was something.</summary>
    public bool Forget(string prefix)
    {
        var any = files?.Forget(prefix) == true;
        lock (_gate)
        {
            for (var node = _byUse.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Octets is not null && node.Value.Key.StartsWith(prefix, StringComparison.Ordinal))
                {
                    Remove(node);
                    any = true;
                }
                node = next;
            }
        }
        return any;
    }

    private async Task<byte[]> FetchAsync(Entry entry)
    {
        try
        {
            var octets = await ReadAsync(entry.Key, entry.Block);
            List<Entry> givenUp;
            lock (_gate)
                givenUp = Fill(entry, octets);
            GiveUp(givenUp);
            return octets;
        }
        catch
        {
            lock (_gate)
                Remove(_entries[(entry.Key, entry.Block)]);
            throw;
        }
    }

    /// <summary>Gives those that have to go for it.</summary>
    private List<Entry> Fill(Entry entry, byte[] octets)
    {
        var givenUp = new List<Entry>();
        entry.Octets = octets;
        _octets += octets.Length;
        for (var last = _byUse.Last; last is not null && _octets > capacityBytes;)
        {
            var before = last.Previous;
            if (last.Value.Octets is not null) // one that is on its way counts nothing yet, and others wait for it
            {
                givenUp.Add(last.Value);
                Remove(last);
            }
            last = before;
        }
        return givenUp;
    }

    private void GiveUp(List<Entry> entries)
    {
        foreach (var entry in entries)
            files?.Add(entry.Key, entry.Block, entry.Octets!);
    }

    private async Task<byte[]> ReadAsync(string key, long block)
    {
        if (files is not null && await files.ReadAsync(key, block) is { } kept)
        {
            BlobMetrics.Read("disk");
            return kept;
        }
        BlobMetrics.Read("store");
        return await fetch(key, block);
    }

    private void Remove(LinkedListNode<Entry> node)
    {
        _byUse.Remove(node);
        _entries.Remove((node.Value.Key, node.Value.Block));
        _octets -= node.Value.Octets?.Length ?? 0;
    }

    private sealed class Entry(string key, long block)
    {
        public string Key { get; } = key;

        public long Block { get; } = block;

        /// <summary>Null while it is on its way.</summary>
        public byte[]? Octets { get; set; }

        public Task<byte[]> Fetching { get; set; } = Task.FromResult<byte[]>([]);
    }
}
