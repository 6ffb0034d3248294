using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MailMesh.Database;

/// <summary>What one of all processes on the database may have at a time: a maildrop, a maintenance task.</summary>
/// <remarks>
/// A lease is a row that its holder's process moves on while it lives; of a process that died it ends within <see cref="Term"/>.
/// Clocks of machines may differ by a part of that. Where this process has the database alone, its memory is all that it takes.
/// </remarks>
public sealed partial class Leases : IAsyncDisposable
{
    /// <summary>How long a dead process keeps what it had.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(60);

    /// <summary>Rows that ended are swept after this time: what is not taken again needs none.</summary>
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(1);

    private static readonly TimeSpan RenewInterval = Term / 4;

    private const string Take =
        """
        INSERT INTO leases (name, owner, until) VALUES (@name, @owner, @until)
        ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, until = excluded.until WHERE leases.until <= @now OR leases.owner = excluded.owner
        """;

    private const string Renew = "UPDATE leases SET until = @until WHERE owner = @owner RETURNING name";
    private const string Free = "DELETE FROM leases WHERE name = @name AND owner = @owner";
    private const string FreeForgotten = "DELETE FROM leases WHERE name = @name AND owner = @owner AND until = @until";
    private const string FreeOld = "DELETE FROM leases WHERE until <= @until";
    private const string FreeAll = "DELETE FROM leases WHERE owner = @owner";

    private readonly ConcurrentDictionary<string, HeldLease> _held = new();
    private readonly string _owner = Guid.NewGuid().ToString("N");
    private readonly CancellationTokenSource _stopping = new();
    private readonly MailDatabase _database;
    private readonly TimeProvider _clock;
    private readonly ILogger<Leases> _log;
    private readonly Task _renewing;
    private volatile bool _unfreed;

    public Leases(MailDatabase database, TimeProvider clock, ILogger<Leases> log)
    {
        (_database, _clock, _log) = (database, clock, log);
        _renewing = database.IsExclusive ? Task.CompletedTask : Task.Run(RenewAsync);
    }

    /// <summary>The lease until it is disposed of, or null while somebody has it: another process, or another part of this one.</summary>
    /// <exception cref="System.Data.Common.DbException">The database does not answer.</exception>
    public async Task<HeldLease?> TryTakeAsync(string name, CancellationToken cancellationToken = default)
    {
        var lease = new HeldLease(this, name, _clock);
        if (!_held.TryAdd(name, lease))
            return null;
        if (_database.IsExclusive)
            return lease;
        try
        {
            if (await TakeRowAsync(lease, cancellationToken))
                return lease;
        }
        catch
        {
            await FreeAsync(lease); // whether it was taken is not known
            throw;
        }
        _held.TryRemove(KeyValuePair.Create(name, lease));
        return null;
    }

    /// <summary>Begins a time in which the same is refused, to all processes and after a restart too; false while one runs.</summary>
    /// <exception cref="System.Data.Common.DbException">The database does not answer.</exception>
    public async Task<bool> TryPauseAsync(string name, TimeSpan time, CancellationToken cancellationToken = default)
    {
        var now = _clock.GetUtcNow();
        // An owner of its own, so that nobody renews it, and nobody may begin another before its end.
        var begun = await _database.WriteAsync(
            async session =>
            {
                await session.ExecuteAsync(FreeOld, ("until", (now - KeptAfterEnd).ToUnixTimeMilliseconds()));
                return await session.ExecuteAsync(
                    Take,
                    ("name", name), ("owner", Guid.NewGuid().ToString("N")), ("until", (now + time).ToUnixTimeMilliseconds()), ("now", now.ToUnixTimeMilliseconds()));
            },
            cancellationToken);
        return begun > 0;
    }

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsCancellationRequested)
            return;
        await _stopping.CancelAsync();
        await _renewing;
        if (!_database.IsExclusive && !_held.IsEmpty)
            await TryAsync(() => _database.WriteAsync(session => session.ExecuteAsync(FreeAll, ("owner", _owner))));
        _stopping.Dispose();
    }

    internal async ValueTask FreeAsync(HeldLease lease)
    {
        if (!_database.IsExclusive)
            await TryAsync(() => _database.WriteAsync(session => session.ExecuteAsync(Free, ("name", lease.Name), ("owner", _owner))));
        _held.TryRemove(KeyValuePair.Create(lease.Name, lease));
    }

    private async Task<bool> TakeRowAsync(HeldLease lease, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        var taken = await _database.WriteAsync(
            session => session.ExecuteAsync(
                Take, ("name", lease.Name), ("owner", _owner), ("until", (now + Term).ToUnixTimeMilliseconds()), ("now", now.ToUnixTimeMilliseconds())),
            cancellationToken);
        if (taken > 0)
            lease.Until = now + Term;
        return taken > 0;
    }

    /// <summary>One statement moves on all that this process has.</summary>
    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(RenewInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(_stopping.Token))
            {
                if (!_held.IsEmpty || _unfreed)
                    await TryAsync(RenewHeldAsync);
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task RenewHeldAsync()
    {
        _unfreed = false;
        var until = _clock.GetUtcNow() + Term;
        var names = await _database.WriteAsync(session =>
            session.QueryAsync(Renew, row => row.GetString(0), ("until", until.ToUnixTimeMilliseconds()), ("owner", _owner)));
        foreach (var name in names)
        {
            if (_held.TryGetValue(name, out var lease))
                lease.Until = until;
            else // could not be freed when it was given up
                await _database.WriteAsync(session => session.ExecuteAsync(FreeForgotten, ("name", name), ("owner", _owner), ("until", until.ToUnixTimeMilliseconds())));
        }
    }

    /// <summary>What fails here ends by itself: a lease that is not moved on, or not freed, runs out.</summary>
    private async Task TryAsync(Func<Task> work)
    {
        try
        {
            await work();
        }
        catch (Exception failure)
        {
            _unfreed = true;
            LogFailed(_log, failure.GetBaseException().Message);
        }
    }

    [LoggerMessage(9121, LogLevel.Warning, "Leases could not be renewed or freed; they run out within a minute: {Reason}")]
    private static partial void LogFailed(ILogger log, string reason);
}
