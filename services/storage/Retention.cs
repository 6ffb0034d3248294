using MailMesh.Database;

namespace MailMesh.Storage;

/// <summary>Removes rows past their time, a small batch a transaction, so that no delivery waits for a sweep.</summary>
public sealed class Retention(MailDatabase database, StorageOptions options, TimeProvider clock)
{
    private const int Batch = 500;

    /// <summary>Gives the number of rows removed.</summary>
    public async Task<long> SweepAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        return await RepeatAsync(session => SweepDeliveriesAsync(session, now - options.DeliveryRetention), cancellationToken)
            + await RepeatAsync(session => SweepClaimsAsync(session, now - options.DeliveryRetention), cancellationToken)
            + await RepeatAsync(session => SweepTrackingAsync(session, now - options.TrackingRetention), cancellationToken)
            + await RepeatAsync(session => SweepExpungedAsync(session, now - options.ExpungedRetention), cancellationToken);
    }

    private async Task<long> RepeatAsync(Func<DatabaseSession, Task<int>> sweep, CancellationToken cancellationToken)
    {
        long total = 0;
        int removed;
        do
        {
            removed = await database.WriteAsync(sweep, cancellationToken);
            total += removed;
        }
        while (removed == Batch);
        StorageMetrics.SweptRows.Add(total);
        return total;
    }

    /// <summary>The key of a message that still waits in the spool stays: it will be tried again.</summary>
    private static Task<int> SweepDeliveriesAsync(DatabaseSession session, DateTimeOffset before) => session.ExecuteAsync(
        """
        DELETE FROM deliveries WHERE (message_id, recipient) IN (
            SELECT d.message_id, d.recipient FROM deliveries d
            WHERE d.at < @before AND NOT EXISTS (SELECT 1 FROM spool s WHERE s.message_id = d.message_id)
            ORDER BY d.at LIMIT @batch)
        """,
        ("@before", before.ToUnixTimeMilliseconds()), ("@batch", Batch));

    private static Task<int> SweepClaimsAsync(DatabaseSession session, DateTimeOffset before) => session.ExecuteAsync(
        "DELETE FROM claims WHERE message_id IN (SELECT message_id FROM claims WHERE at < @before ORDER BY at LIMIT @batch)",
        ("@before", before.ToUnixTimeMilliseconds()), ("@batch", Batch));

    private static Task<int> SweepTrackingAsync(DatabaseSession session, DateTimeOffset before) => session.ExecuteAsync(
        "DELETE FROM tracking WHERE id IN (SELECT id FROM tracking WHERE at < @before ORDER BY at LIMIT @batch)",
        ("@before", before.ToUnixTimeMilliseconds()), ("@batch", Batch));

    /// <summary>Each mailbox remembers up to which MODSEQ its tombstones are gone: from below, changes mean the whole list.</summary>
    private static async Task<int> SweepExpungedAsync(DatabaseSession session, DateTimeOffset before)
    {
        var swept = await session.QueryAsync(
            """
            DELETE FROM expunged WHERE (mailbox_id, uid) IN (SELECT mailbox_id, uid FROM expunged WHERE at < @before ORDER BY at LIMIT @batch)
            RETURNING mailbox_id, mod_seq
            """,
            row => (Mailbox: row.GetInt64(0), ModSeq: row.GetInt64(1)), ("@before", before.ToUnixTimeMilliseconds()), ("@batch", Batch));
        foreach (var mailbox in swept.GroupBy(s => s.Mailbox).OrderBy(g => g.Key))
        {
            await session.ExecuteAsync(
                "UPDATE mailboxes SET swept_mod_seq = @mod_seq WHERE id = @id AND swept_mod_seq < @mod_seq",
                ("@id", mailbox.Key), ("@mod_seq", mailbox.Max(s => s.ModSeq)));
        }
        return swept.Count;
    }
}
