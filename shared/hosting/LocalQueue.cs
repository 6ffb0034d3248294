using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Commands of one kind within one process: no more in work at once than their consumer takes, the others in their order.</summary>
/// <remarks>
/// The spool has the message of every command until it is settled, and bounds how many there are. So nothing is kept here: what a consumer cannot take,
/// and what waits at a stop, is published again from there.
/// </remarks>
internal sealed partial class LocalQueue<T>(string name, int concurrency, ICommandConsumer<T> consumer, ILogger log) : ILocalQueue, IDisposable
    where T : class
{
    /// <summary>For a dependency that is away for moments: with the delays below some seconds.</summary>
    private const int Retries = 5;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentQueue<T> _waiting = new();
    private readonly CancellationTokenSource _cancel = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly NowAndThen _telling = new();
    private int _running;
    private volatile bool _stopping;

    public void Add(T command)
    {
        _waiting.Enqueue(command);
        StartWorker();
    }

    public async Task StopAsync(TimeSpan drain)
    {
        _stopping = true;
        if (Volatile.Read(ref _running) == 0)
            return;
        await _idle.Task.WaitAsync(drain).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _cancel.CancelAsync();
    }

    /// <summary>A command may outlive a hard stop: it has its token still.</summary>
    public void Dispose() => _cancel.Cancel();

    private void StartWorker()
    {
        for (var running = Volatile.Read(ref _running); running < concurrency && !_stopping;)
        {
            var found = Interlocked.CompareExchange(ref _running, running + 1, running);
            if (found == running)
            {
                // Not the flow of whoever publishes: a command's spans and scopes are its own.
                ThreadPool.UnsafeQueueUserWorkItem(static queue => _ = queue.WorkAsync(), this, preferLocal: false);
                return;
            }
            running = found;
        }
    }

    private async Task WorkAsync()
    {
        while (!_stopping && _waiting.TryDequeue(out var command))
            await ConsumeAsync(command);
        var left = Interlocked.Decrement(ref _running);
        if (_stopping && left == 0)
            _idle.TrySetResult();
        // Whoever added since the last look found every worker at work.
        if (!_waiting.IsEmpty)
            StartWorker();
    }

    private async Task ConsumeAsync(T command)
    {
        for (var attempt = 0; !_cancel.IsCancellationRequested; attempt++)
        {
            try
            {
                await consumer.ConsumeAsync(command, isRepeated: attempt > 0, _cancel.Token);
                return;
            }
            catch (Exception failure)
            {
                if (attempt == Retries)
                {
                    LogGivenUp(log, PassingFaults.Unexplained(failure), name, failure.GetBaseException().Message);
                    return;
                }
                if (_telling.IsTime())
                    LogRetry(log, PassingFaults.Unexplained(failure), name, failure.GetBaseException().Message);
            }
            var delay = FirstDelay * Math.Pow(2, attempt) * (0.75 + Random.Shared.NextDouble() / 2);
            await Task.Delay(delay, _cancel.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(1026, LogLevel.Warning, "Commands of the queue {Queue} fail and are tried again: {Reason}")]
    private static partial void LogRetry(ILogger log, Exception? failure, string queue, string reason);

    [LoggerMessage(1027, LogLevel.Warning, "A command of the queue {Queue} keeps failing and waits in the spool: {Reason}")]
    private static partial void LogGivenUp(ILogger log, Exception? failure, string queue, string reason);
}

/// <summary>A queue as the process that stops sees it.</summary>
internal interface ILocalQueue
{
    /// <summary>Takes nothing more; waits for what is in work, and then cancels it.</summary>
    Task StopAsync(TimeSpan drain);
}
