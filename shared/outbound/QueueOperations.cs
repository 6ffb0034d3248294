using MailMesh.Database;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Outbound;

/// <summary>What an operator does with the queue: list, show, retry, hold, release, delete.</summary>
public sealed class QueueOperations(MailDatabase database, OutboundQueue queue, TimeProvider clock)
{
    /// <summary>Most rows of a page.</summary>
    public const int MaxPage = 1000;

    /// <summary>Rows by id, those after <paramref name="after"/>.</summary>
    /// <param name="after">Id of the last row of the page before; 0 for the first page.</param>
    public Task<List<QueueEntry>> ListAsync(QueueFilter filter, long after = 0, int limit = 100) =>
        database.QueryAsync(context => filter.Apply(context.Queue.AsNoTracking())
            .Where(q => q.Id > after).OrderBy(q => q.Id).Take(Math.Clamp(limit, 1, MaxPage)).ToListAsync());

    public Task<QueueEntry?> ShowAsync(long id) =>
        database.QueryAsync(context => context.Queue.AsNoTracking().FirstOrDefaultAsync(q => q.Id == id));

    public Task<QueueCounts> CountAsync() => database.QueryAsync(async context =>
    {
        var states = await context.Queue.GroupBy(q => q.State).Select(g => new { g.Key, Count = g.LongCount() }).ToListAsync();
        var oldest = await context.Queue.OrderBy(q => q.ReceivedAt).Select(q => (DateTimeOffset?)q.ReceivedAt).FirstOrDefaultAsync();
        long Of(QueueState state) => states.Find(s => s.Key == (int)state)?.Count ?? 0;
        return new QueueCounts(Of(QueueState.Deferred), Of(QueueState.Leased), Of(QueueState.Held), Of(QueueState.Failed), oldest);
    });

    /// <summary>Makes deferred rows due now; gives how many.</summary>
    public Task<int> RetryAsync(QueueFilter filter) => MakeDueAsync(filter, QueueState.Deferred);

    /// <summary>Makes held rows due now; gives how many.</summary>
    public Task<int> ReleaseAsync(QueueFilter filter) => MakeDueAsync(filter, QueueState.Held);

    /// <summary>Keeps rows from being tried until they are released; an attempt in flight still counts. Gives how many.</summary>
    public Task<int> HoldAsync(QueueFilter filter) => database.ChangeAsync(context => filter.Apply(context.Queue)
        .Where(q => q.State == (int)QueueState.Deferred || q.State == (int)QueueState.Leased)
        .ExecuteUpdateAsync(set => set.SetProperty(q => q.State, (int)QueueState.Held)));

    /// <summary>Removes rows; gives how many. An attempt in flight may still succeed.</summary>
    /// <param name="bounce">Tell the senders: the rows become failed, and go when the relay has sent its notifications.</param>
    public async Task<int> DeleteAsync(QueueFilter filter, bool bounce)
    {
        var now = clock.GetUtcNow();
        var count = await database.ChangeAsync(context => bounce
            ? filter.Apply(context.Queue).Where(q => q.State != (int)QueueState.Failed).ExecuteUpdateAsync(set => set
                .SetProperty(q => q.State, (int)QueueState.Failed)
                .SetProperty(q => q.LastStatus, "5.0.0")
                .SetProperty(q => q.LastHost, (string?)null)
                .SetProperty(q => q.LastOutcome, "Removed from the queue by the postmaster")
                .SetProperty(q => q.LastAttemptAt, now))
            : filter.Apply(context.Queue).ExecuteDeleteAsync());
        queue.SignalWork();
        return count;
    }

    private async Task<int> MakeDueAsync(QueueFilter filter, QueueState from)
    {
        var now = clock.GetUtcNow();
        var count = await database.ChangeAsync(context => filter.Apply(context.Queue).Where(q => q.State == (int)from)
            .ExecuteUpdateAsync(set => set.SetProperty(q => q.State, (int)QueueState.Deferred).SetProperty(q => q.NextAttemptAt, now)));
        queue.SignalWork();
        return count;
    }
}
