namespace MailMesh.Blobs;

/// <summary>A pack in memory whose records are in the journal, on its way to the object store.</summary>
internal sealed class GatheredPack(string name)
{
    private readonly List<ReadOnlyMemory<byte>> _records = [];

    public string Name => name;

    public long Length { get; private set; }

    /// <summary>How many add to it now: until they have ended nobody knows what the journal has of it.</summary>
    public int Writers { get; set; }

    /// <summary>In order.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Records => _records;

    public void Add(byte[] octets)
    {
        _records.Add(octets);
        Length += octets.Length;
    }

    /// <summary>Reads until the buffer is full or the pack ends; gives the octets read.</summary>
    public int Read(long offset, Memory<byte> buffer)
    {
        var read = 0;
        foreach (var record in _records)
        {
            if (read == buffer.Length)
                break;
            if (offset < record.Length)
            {
                var part = record.Slice((int)offset, Math.Min(record.Length - (int)offset, buffer.Length - read));
                part.CopyTo(buffer[read..]);
                read += part.Length;
            }
            offset = Math.Max(0, offset - record.Length);
        }
        return read;
    }
}
