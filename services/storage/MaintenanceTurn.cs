using MailMesh.Database;

namespace MailMesh.Storage;

/// <summary>Lets one copy of the service do a piece of maintenance at a time, and no sooner than it is due again, by a lease in the database.</summary>
public sealed class MaintenanceTurn(MailDatabase database, TimeProvider clock)
{
    /// <summary>How long a copy that died keeps the others waiting.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    private readonly string _owner = Guid.NewGuid().ToString("N");

    /// <summary>Does the work where no other copy does it or did it within the interval; false where one does. A lease that is lost cancels the work.</summary>
    /// <param name="work">The lease's name.</param>
    public async Task<bool> RunAsync(string work, TimeSpan interval, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (database.IsExclusive) // one process has the database: there is no other copy
        {
            await run(cancellationToken);
            return true;
        }
        var begun = clock.GetUtcNow();
        if (!await TakeAsync(work, begun + Lease))
            return false;
        using var lost = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var renewal = RenewAsync(work, lost);
        var next = clock.GetUtcNow(); // at once, where the work fails
        try
        {
            await run(lost.Token);
            next = begun + (interval * 0.9); // the copies' clocks and timers differ by a little
        }
        finally
        {
            await lost.CancelAsync();
            await renewal;
            await TakeAsync(work, next);
        }
        return true;
    }

    /// <summary>Takes or keeps the lease; false while it is another's.</summary>
    private async Task<bool> TakeAsync(string work, DateTimeOffset until) => await database.WriteAsync(session => session.ExecuteAsync(
        """
        INSERT INTO leases (name, owner, until) VALUES (@name, @owner, @until)
        ON CONFLICT (name) DO UPDATE SET owner = @owner, until = @until WHERE leases.owner = @owner OR leases.until < @now
        """,
        ("@name", work), ("@owner", _owner), ("@until", until.ToUnixTimeMilliseconds()), ("@now", clock.GetUtcNow().ToUnixTimeMilliseconds()))) == 1;

    private async Task RenewAsync(string work, CancellationTokenSource lost)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Lease / 5, clock, lost.Token);
                if (!await TakeAsync(work, clock.GetUtcNow() + Lease))
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            return; // the work is done
        }
        catch (Exception failure) when (DatabaseFaults.IsPassing(failure))
        {
            // Without the database the work cannot go on either.
        }
        await lost.CancelAsync();
    }
}
