using System.Diagnostics;
using System.Threading.Channels;

namespace MailMesh.Batching;

/// <summary>
/// Gathers items while one durable operation is in flight and hands the next operation all of them, so that a group
/// shares one fsync, transaction or PUT, and a lone item waits for nobody.
/// </summary>
/// <remarks>
/// A group that fails as a whole is tried again one item at a time, so that one bad item fails alone, unless told that none can be bad.
/// The number of waiting items is bounded: past it, <see cref="AddAsync"/> waits for room.
/// </remarks>
public sealed class GroupCommit<TItem, TResult> : IAsyncDisposable
{
    private readonly Channel<Pending> _pending;
    private readonly Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> _commit;
    private readonly int _maxGroup;
    private readonly bool _splits;
    private readonly TimeSpan _pace;
    private readonly Task _loop;

    /// <param name="commit">Makes the items durable in one operation and gives a result for each, in their order.</param>
    /// <param name="maxGroup">Most items in a group.</param>
    /// <param name="maxWaiting">Most items that wait for the next group.</param>
    /// <param name="splits">False where no item can be at fault, as before a store that hangs: one time-out after another would hold up all that come later.</param>
    /// <param name="pace">Least time between the starts of two operations, where each costs much whatever its size. A lone item still waits for nobody.</param>
    public GroupCommit(Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> commit, int maxGroup = 256, int maxWaiting = 4096, bool splits = true, TimeSpan pace = default)
    {
        _commit = commit;
        _maxGroup = maxGroup;
        _splits = splits;
        _pace = pace;
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(maxWaiting) { SingleReader = true });
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Completes when the item is durable; fails with what its commit failed with.</summary>
    public async Task<TResult> AddAsync(TItem item, CancellationToken cancellationToken = default)
    {
        var pending = new Pending(item);
        await _pending.Writer.WriteAsync(pending, cancellationToken);
        return await pending.Completion.Task;
    }

    /// <summary>Takes no more items and completes when every item taken has its result.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _loop;
    }

    private async Task RunAsync()
    {
        var group = new List<Pending>(_maxGroup);
        var started = Stopwatch.GetTimestamp() - Stopwatch.Frequency; // long ago
        while (await _pending.Reader.WaitToReadAsync())
        {
            if (_pace - Stopwatch.GetElapsedTime(started) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest);
            started = Stopwatch.GetTimestamp();
            group.Clear();
            while (group.Count < _maxGroup && _pending.Reader.TryRead(out var next))
                group.Add(next);
            await CommitAsync(group);
        }
    }

    private async Task CommitAsync(List<Pending> group)
    {
        try
        {
            var results = await _commit(group.ConvertAll(p => p.Item));
            for (var i = 0; i < group.Count; i++)
                group[i].Completion.TrySetResult(results[i]);
        }
        catch (Exception failure) when (group.Count == 1 || !_splits)
        {
            foreach (var pending in group)
                pending.Completion.TrySetException(failure);
        }
        catch (Exception)
        {
            foreach (var single in group.ToArray())
                await CommitAsync([single]);
        }
    }

    private sealed class Pending(TItem item)
    {
        public TItem Item { get; } = item;

        public TaskCompletionSource<TResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
