using MailMesh.Database;

namespace MailMesh.Blobs;

/// <summary>The journal in PostgreSQL of packs that are not objects yet: a row for each body.</summary>
/// <remarks>
/// A pack ends in one of two ways. Whoever writes it makes it an object and removes its rows. Or another process seals it, since its writer seems to have ended, and does
/// both. A body is taken only while the pack's first row is there and not sealed, under a lock of that row: so whoever removes rows has had all of them.
/// </remarks>
internal sealed class PackJournal(MailDatabase database)
{
    private static readonly Script First = new(
        "INSERT INTO pack_journal (pack, start, octets, at, sealed) VALUES (@pack, @start, @octets, @at, FALSE) RETURNING start");

    private static readonly Script Next = new(
        """
        INSERT INTO pack_journal (pack, start, octets, at, sealed)
        SELECT pack, @start, @octets, @at, FALSE FROM pack_journal WHERE pack = @pack AND start = 0 AND NOT sealed FOR SHARE
        RETURNING start
        """);

    /// <summary>Makes a body durable, together with what others of this process change meanwhile.</summary>
    /// <param name="start">Where its record stands in its pack.</param>
    /// <returns>False where the pack takes no more.</returns>
    public async Task<bool> AddAsync(string pack, long start, byte[] octets, DateTimeOffset now)
    {
        var added = false;
        await database.WriteScriptAsync(0, async run =>
        {
            await run(
                start == 0 ? First : Next,
                [("@pack", pack), ("@start", start), ("@octets", octets), ("@at", now.ToUnixTimeMilliseconds())],
                _ => added = true);
            return true;
        });
        return added;
    }

    /// <summary>Reads a pack from an offset on until the buffer is full or the pack ends; gives the octets read, or null where the journal has none of them.</summary>
    public async Task<int?> ReadAsync(string pack, long offset, Memory<byte> buffer)
    {
        var records = await database.ReadAsync(session => session.QueryAsync(
            "SELECT start, octets FROM pack_journal WHERE pack = @pack AND start < @end AND start + length(octets) > @offset ORDER BY start",
            row => (Start: row.GetInt64(0), Octets: row.GetFieldValue<byte[]>(1)),
            ("@pack", pack), ("@offset", offset), ("@end", offset + buffer.Length)));
        if (records.Count == 0)
            return null;
        var read = 0;
        foreach (var (start, octets) in records)
        {
            if (start > offset + read)
                break;
            var from = (int)(offset + read - start);
            var part = octets.AsMemory(from, Math.Min(octets.Length - from, buffer.Length - read));
            part.CopyTo(buffer[read..]);
            read += part.Length;
        }
        return read;
    }

    /// <summary>Packs of which something came before the moment, the oldest first.</summary>
    public Task<List<string>> PacksAsync(DateTimeOffset before, int limit) => database.ReadAsync(session => session.QueryAsync(
        "SELECT pack FROM pack_journal WHERE at < @before GROUP BY pack ORDER BY min(at) LIMIT @limit",
        row => row.GetString(0), ("@before", before.ToUnixTimeMilliseconds()), ("@limit", limit)));

    /// <summary>Takes a pack from its writer; gives all of its records, in order.</summary>
    public async Task<List<(long Start, byte[] Octets)>> SealAsync(string pack)
    {
        await database.WriteAsync(session => session.ExecuteAsync("UPDATE pack_journal SET sealed = TRUE WHERE pack = @pack AND start = 0", ("@pack", pack)));
        return await database.ReadAsync(session => session.QueryAsync(
            "SELECT start, octets FROM pack_journal WHERE pack = @pack ORDER BY start", row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), ("@pack", pack)));
    }

    /// <summary>The pack is an object now.</summary>
    public Task RemoveAsync(string pack) =>
        database.WriteAsync(session => session.ExecuteAsync("DELETE FROM pack_journal WHERE pack = @pack", ("@pack", pack)));
}
