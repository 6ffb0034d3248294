namespace MailMesh.Blobs;

/// <summary>
/// Small bodies as they were a moment ago: in one process filtering and storage read each right after it was written, and need not decompress what
/// ingress compressed; access takes apart what it appended, and need not ask the object store for it. The oldest go first.
/// </summary>
internal sealed class RecentBodies(TimeProvider clock)
{
    /// <summary>Of one body: what is larger costs more to keep than to read.</summary>
    public const int MaxBody = 32 * 1024;

    /// <summary>Of all: a thousand messages of usual size, more than are on their way at once.</summary>
    private const int Capacity = 4 * 1024 * 1024;

    /// <summary>Well above the way from 250 to a mailbox. What is read later is read from the store, which is verified.</summary>
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _entries = [];
    private readonly Queue<string> _byAge = new();
    private int _octets;

    /// <param name="body">Its octets, which are copied.</param>
    public void Add(string reference, ReadOnlySpan<byte> body)
    {
        var entry = new Entry(body.ToArray(), clock.GetTimestamp());
        lock (_gate)
        {
            if (!_entries.TryAdd(reference, entry))
                return;
            _byAge.Enqueue(reference);
            _octets += entry.Octets.Length;
            while (_octets > Capacity && _byAge.TryDequeue(out var oldest) && _entries.Remove(oldest, out var given))
                _octets -= given.Octets.Length;
        }
    }

    /// <summary>The body from an offset on, or null.</summary>
    public Stream? Open(string reference, long offset)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(reference, out var entry) || clock.GetElapsedTime(entry.WrittenAt) > Moment)
                return null;
            var start = (int)Math.Min(offset, entry.Octets.Length);
            return new MemoryStream(entry.Octets, start, entry.Octets.Length - start, writable: false);
        }
    }

    /// <summary>A pack is gone: what was in it is not to be had any more.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _byAge.Clear();
            _octets = 0;
        }
    }

    private readonly record struct Entry(byte[] Octets, long WrittenAt);
}
