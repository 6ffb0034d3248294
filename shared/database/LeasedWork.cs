using System.Collections.Concurrent;

namespace MailMesh.Database;

/// <summary>Lets one of all copies of a service do a piece of work. The one that did it first goes on doing it, until it stops or dies.</summary>
/// <remarks>
/// A database that was away for longer than a lease may let two copies do the same for a moment: the work must stand that.
/// </remarks>
public sealed class LeasedWork(Leases leases) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, HeldLease> _held = new();

    /// <summary>Does the work where it is this copy's turn; false where another has it.</summary>
    /// <param name="work">The work's name; one call at a time for each.</param>
    public async Task<bool> RunAsync(string work, Func<CancellationToken, Task> run, CancellationToken cancellationToken)
    {
        if (_held.TryGetValue(work, out var held) && held.IsLost && _held.TryRemove(work, out _))
            await held.DisposeAsync();
        if (!_held.ContainsKey(work))
        {
            if (await leases.TryTakeAsync(work, cancellationToken) is not { } taken)
                return false;
            _held[work] = taken;
        }
        await run(cancellationToken);
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var held in _held.Values)
            await held.DisposeAsync();
        _held.Clear();
    }
}
