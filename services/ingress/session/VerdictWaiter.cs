using System.Collections.Concurrent;
using MailMesh.Contracts;

namespace MailMesh.Ingress.Session;

/// <summary>The sessions that wait for filtering's verdict, by message id.</summary>
internal sealed class VerdictWaiter(TimeProvider clock)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource<MessageVerdict>> _waiting = new();

    /// <summary>Begins to wait; called before the message is published.</summary>
    public PendingVerdict Expect(string messageId)
    {
        var verdict = new TaskCompletionSource<MessageVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting[messageId] = verdict;
        return new PendingVerdict(messageId, verdict.Task, _waiting, clock);
    }

    /// <summary>Hands the verdict to its session; false when none waits (any longer).</summary>
    public bool TryDeliver(MessageVerdict verdict) =>
        _waiting.TryRemove(verdict.MessageId, out var waiting) && waiting.TrySetResult(verdict);
}

/// <summary>One session's wait.</summary>
internal sealed class PendingVerdict(
    string messageId, Task<MessageVerdict> verdict, ConcurrentDictionary<string, TaskCompletionSource<MessageVerdict>> waiting, TimeProvider clock) : IDisposable
{
    /// <summary>The verdict, or null when it does not come in time; then a later one finds nobody.</summary>
    public async Task<MessageVerdict?> WaitAsync(TimeSpan limit)
    {
        try
        {
            return await verdict.WaitAsync(limit > TimeSpan.Zero ? limit : TimeSpan.Zero, clock);
        }
        catch (TimeoutException)
        {
            // Whoever takes the entry out decides: here it is too late, or the verdict came this moment.
            return waiting.TryRemove(messageId, out _) ? null : await verdict;
        }
    }

    public void Dispose() => waiting.TryRemove(messageId, out _);
}
