using MailMesh.Blobs;
using MailMesh.Database;
using Microsoft.Extensions.Logging;

namespace MailMesh.Storage;

/// <summary>Frees the space of bodies that nothing refers to: orphaned contents go first, then dead packs, and sparse packs are copied together.</summary>
/// <remarks>
/// Nothing goes before a grace period: a body is durable before its reference is committed, so a young body without one
/// is normal; and whoever has read a reference may use it for a while after it was replaced. In a mesh a message waits on the bus,
/// where its reference cannot be seen, so that packs are left alone for longer than any message may wait there.
/// </remarks>
public sealed partial class BlobCollection(
    IBlobCollector packs, BlobReferences references, MailDatabase database, StorageOptions options, TimeProvider clock, ILogger<BlobCollection> log)
{
    /// <summary>Rewrites at once; they share the group commits of the store.</summary>
    private const int Rewrites = 16;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.CollectGrace;
        await CollectContentsAsync(before, cancellationToken);
        await packs.DeleteUnfinishedAsync(before, cancellationToken);
        var inTransit = await references.PacksInTransitAsync(cancellationToken);
        var settled = database.IsExclusive || options.CollectTransit < options.CollectGrace ? before : clock.GetUtcNow() - options.CollectTransit;
        await foreach (var pack in packs.PacksAsync(cancellationToken))
        {
            if (pack.WrittenAt < settled && !inTransit.Contains(pack.Name))
                await VisitAsync(pack, before, cancellationToken);
        }
    }

    private async Task VisitAsync(PackInfo pack, DateTimeOffset before, CancellationToken cancellationToken)
    {
        var live = await LiveBytesAsync(pack.Name, cancellationToken);
        if (live > 0)
            await database.WriteAsync(session => session.ExecuteAsync("DELETE FROM dead_packs WHERE pack = @pack", ("@pack", pack.Name)), cancellationToken);
        if (live > 0 && packs.IsShared(pack.Name) && live * 2 < pack.SizeBytes && await CompactAsync(pack, cancellationToken))
            live = 0;
        if (live == 0 && await IsDeadSinceAsync(pack.Name, before))
            await DeleteAsync(pack, cancellationToken);
    }

    private async Task<long> LiveBytesAsync(string pack, CancellationToken cancellationToken)
    {
        long live = 0;
        var page = new List<string>();
        do
        {
            cancellationToken.ThrowIfCancellationRequested();
            page = await references.IntoAsync(pack, page.Count == 0 ? "" : page[^1]);
            live += page.Sum(packs.StoredBytes);
        }
        while (page.Count == BlobReferences.Page);
        return live;
    }

    /// <summary>Moves the live bodies of a pack; false where a damaged one had to stay.</summary>
    private async Task<bool> CompactAsync(PackInfo pack, CancellationToken cancellationToken)
    {
        var whole = true;
        var after = "";
        List<string> page;
        do
        {
            page = await references.IntoAsync(pack.Name, after);
            var moved = await RewriteAsync(page, cancellationToken);
            whole &= moved.Count == page.Count;
            await references.ReplaceAsync(moved);
            StorageMetrics.CompactedBytes.Add(moved.Sum(m => packs.StoredBytes(m.Old)));
            after = page.Count > 0 ? page[^1] : "";
        }
        while (page.Count == BlobReferences.Page);
        LogCompacted(log, pack.Name, pack.SizeBytes);
        return whole;
    }

    private async Task<List<(string Old, string New)>> RewriteAsync(List<string> bodies, CancellationToken cancellationToken)
    {
        var moved = new string?[bodies.Count];
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = Rewrites, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, bodies.Count, parallel, async (i, token) =>
        {
            try
            {
                moved[i] = await packs.RewriteAsync(bodies[i], token);
            }
            catch (BlobException damage)
            {
                LogDamaged(log, damage, bodies[i]);
            }
        });
        return [.. bodies.Zip(moved).Where(pair => pair.Second is not null).Select(pair => (pair.First, pair.Second!))];
    }

    /// <summary>Notes when a pack was first found dead; true once that was before the moment.</summary>
    private async Task<bool> IsDeadSinceAsync(string pack, DateTimeOffset before)
    {
        var since = await database.WriteAsync(async session =>
        {
            await session.ExecuteAsync(
                "INSERT INTO dead_packs (pack, since) VALUES (@pack, @now) ON CONFLICT DO NOTHING",
                ("@pack", pack), ("@now", clock.GetUtcNow().ToUnixTimeMilliseconds()));
            return await session.ScalarAsync<long>("SELECT since FROM dead_packs WHERE pack = @pack", ("@pack", pack));
        });
        return since <= before.ToUnixTimeMilliseconds();
    }

    private async Task DeleteAsync(PackInfo pack, CancellationToken cancellationToken)
    {
        await packs.DeleteAsync(pack.Name, cancellationToken);
        await database.WriteAsync(session => session.ExecuteAsync("DELETE FROM dead_packs WHERE pack = @pack", ("@pack", pack.Name)), cancellationToken);
        StorageMetrics.CollectedBytes.Add(pack.SizeBytes);
        LogDeleted(log, pack.Name, pack.SizeBytes);
    }

    /// <summary>Contents that no mailbox holds are marked, and go when they were marked before the moment.</summary>
    private async Task CollectContentsAsync(DateTimeOffset before, CancellationToken cancellationToken)
    {
        long after = 0;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Found by reading, a page of the table at a time: a write transaction that looks through it all would stop deliveries.
            var page = await database.ReadAsync(session => session.QueryAsync(
                """
                SELECT id, CASE WHEN EXISTS (SELECT 1 FROM messages WHERE content_id = contents.id) THEN 0
                                WHEN orphaned_at IS NULL AND created_at < @before THEN 1
                                WHEN orphaned_at < @before THEN 2 ELSE 0 END
                FROM contents WHERE id > @after ORDER BY id LIMIT @page
                """,
                row => (Id: row.GetInt64(0), State: row.GetInt32(1)),
                ("@before", before.ToUnixTimeMilliseconds()), ("@after", after), ("@page", BlobReferences.Page)));
            var fresh = page.Where(c => c.State == 1).Select(c => c.Id).ToList();
            var due = page.Where(c => c.State == 2).Select(c => c.Id).ToList();
            if (fresh.Count + due.Count > 0)
                await database.WriteAsync(session => CollectContentsAsync(session, fresh, due), cancellationToken);
            StorageMetrics.SweptRows.Add(due.Count);
            if (page.Count < BlobReferences.Page)
                return;
            after = page[^1].Id;
        }
    }

    private async Task CollectContentsAsync(DatabaseSession session, List<long> fresh, List<long> due)
    {
        var now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var id in fresh)
            await session.ExecuteAsync("UPDATE contents SET orphaned_at = @now WHERE id = @id", ("@id", id), ("@now", now));
        foreach (var id in due)
            await session.ExecuteAsync(
                "DELETE FROM contents WHERE id = @id AND NOT EXISTS (SELECT 1 FROM messages WHERE content_id = @id)", ("@id", id));
    }

    [LoggerMessage(4001, LogLevel.Information, "Pack {Pack} of {SizeBytes} bytes was sparse: its live bodies moved")]
    private static partial void LogCompacted(ILogger log, string pack, long sizeBytes);

    [LoggerMessage(4002, LogLevel.Information, "Pack {Pack} of {SizeBytes} bytes removed: nothing refers to it")]
    private static partial void LogDeleted(ILogger log, string pack, long sizeBytes);

    [LoggerMessage(4003, LogLevel.Error, "Body {Reference} is damaged or missing; its pack stays")]
    private static partial void LogDamaged(ILogger log, Exception damage, string reference);
}
