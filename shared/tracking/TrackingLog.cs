using System.Diagnostics;
using System.Diagnostics.Metrics;
using MailMesh.Database;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Tracking;

/// <summary>Each message's story, one line an event; lines gather and are written in groups.</summary>
/// <remarks>
/// A line waits a moment for others, so that a busy server writes few large transactions. While the
/// database is away lines wait, the oldest kept, and mail goes on.
/// </remarks>
public sealed partial class TrackingLog : IAsyncDisposable
{
    private const int MaxWaiting = 100_000;
    private const int MaxGroup = 1024;

    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReadFlush = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan DisposeFlush = TimeSpan.FromSeconds(5);

    private static readonly Meter Meter = new("MailMesh");
    private static readonly Counter<long> Lost = Meter.CreateCounter<long>("mailmesh.tracking.lost", "{line}", "Tracking lines that could not be kept");

    private readonly TrackingTable _table;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _hurry = new(0);
    private readonly CancellationTokenSource _abandon = new();
    private readonly List<(long Through, TaskCompletionSource Done)> _flushes = [];
    private readonly Task _writer;
    private readonly Queue<TrackingEvent> _waiting = new();
    private long _recorded;
    private long _written;
    private long _lost;
    private bool _stopping;

    public TrackingLog(MailDatabase database, TimeProvider clock, ILogger<TrackingLog>? log = null)
    {
        _table = new TrackingTable(database);
        _clock = clock;
        _log = log ?? NullLogger<TrackingLog>.Instance;
        _writer = Task.Run(WriteAsync);
    }

    /// <summary>Adds a line; returns at once. Lines that cannot be written wait, bounded, and the loss of any is counted and logged.</summary>
    public void Record(TrackingEvent line)
    {
        var dated = line.At == default ? line with { At = _clock.GetUtcNow() } : line;
        lock (_gate)
        {
            if (_waiting.Count >= MaxWaiting || _stopping)
            {
                _lost++;
                Lost.Add(1);
                return;
            }
            _waiting.Enqueue(dated);
            _recorded++;
            if (_waiting.Count == 1)
                _wake.Release();
            else if (_waiting.Count == MaxGroup)
                _hurry.Release();
        }
    }

    /// <summary>Completes when every line recorded so far is durable, and hurries the writer: somebody waits.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => WrittenAsync(hurry: true, cancellationToken);

    /// <summary>Completes when every line recorded so far is durable; for work whose last step this is, and for which nobody waits.</summary>
    public Task WrittenAsync(CancellationToken cancellationToken = default) => WrittenAsync(hurry: false, cancellationToken);

    /// <summary>The story of one message, in order.</summary>
    public async Task<IReadOnlyList<TrackingEvent>> ReadAsync(string messageId)
    {
        try
        {
            await FlushAsync().WaitAsync(ReadFlush);
        }
        catch (TimeoutException)
        {
            LogBehind(_log); // what is written already is worth reading
        }
        return await _table.ReadAsync(messageId);
    }

    /// <summary>Writes what waits, within five seconds, and takes no more.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_stopping)
                return;
            _stopping = true;
        }
        _abandon.CancelAfter(DisposeFlush);
        _hurry.Release();
        _wake.Release();
        await _writer;
        _abandon.Dispose();
        _wake.Dispose();
        _hurry.Dispose();
    }

    private Task WrittenAsync(bool hurry, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_written == _recorded)
                return Task.CompletedTask;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _flushes.Add((_recorded, done));
            if (hurry)
                _hurry.Release();
            return done.Task.WaitAsync(cancellationToken);
        }
    }

    private async Task WriteAsync()
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            await _wake.WaitAsync();
            await _hurry.WaitAsync(Linger);
            // Those who hurry gather too, a moment.
            if (Pace - Stopwatch.GetElapsedTime(started) is var rest && rest > TimeSpan.Zero)
                await Task.Delay(rest);
            started = Stopwatch.GetTimestamp();
            while (_hurry.Wait(0))
            {
                // one hurry is enough for all who asked
            }
            var group = Take();
            while (group.Count > 0)
            {
                if (!await WriteAsync(group))
                    return; // abandoned
                group = TakeIfMany();
            }
            if (IsDone())
                return;
        }
    }

    private bool IsDone()
    {
        lock (_gate)
            return _stopping && _waiting.Count == 0;
    }

    /// <summary>Writes a group, however long the database is away; false when the process cannot wait longer.</summary>
    private async Task<bool> WriteAsync(List<TrackingEvent> group)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var unwritable = await _table.WriteAsync(group);
                if (unwritable > 0)
                    ReportLost(unwritable);
                Finish(group.Count);
                return true;
            }
            catch (Exception failure) when (!_abandon.IsCancellationRequested)
            {
                if (attempt == 1)
                    LogAway(_log, failure, group.Count);
            }
            catch (Exception failure)
            {
                Abandon(failure, group.Count);
                return false;
            }
            await Task.Delay(RetryDelay, _abandon.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private List<TrackingEvent> Take()
    {
        lock (_gate)
        {
            ReportLost();
            var group = new List<TrackingEvent>(Math.Min(_waiting.Count, MaxGroup));
            while (group.Count < MaxGroup && _waiting.TryDequeue(out var line))
                group.Add(line);
            return group;
        }
    }

    /// <summary>The next group, where it need not wait for company.</summary>
    private List<TrackingEvent> TakeIfMany()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
                return [];
            if (_waiting.Count < MaxGroup && !_stopping)
            {
                _wake.Release();
                return [];
            }
        }
        return Take();
    }

    private void Finish(int lines)
    {
        lock (_gate)
        {
            _written += lines;
            for (var i = _flushes.Count - 1; i >= 0; i--)
            {
                if (_flushes[i].Through > _written)
                    continue;
                _flushes[i].Done.TrySetResult();
                _flushes.RemoveAt(i);
            }
        }
    }

    private void Abandon(Exception failure, int inHand)
    {
        lock (_gate)
        {
            LogAbandoned(_log, failure, inHand + _waiting.Count);
            Lost.Add(inHand + _waiting.Count);
            foreach (var (_, done) in _flushes)
                done.TrySetCanceled();
            _flushes.Clear();
        }
    }

    private void ReportLost()
    {
        if (_lost == 0)
            return;
        LogLost(_log, _lost);
        _lost = 0;
    }

    private void ReportLost(int unwritable)
    {
        Lost.Add(unwritable);
        LogLost(_log, unwritable);
    }

    [LoggerMessage(9101, LogLevel.Warning, "Tracking lines wait for the database, {Count} in this group; mail goes on")]
    private static partial void LogAway(ILogger log, Exception failure, int count);

    [LoggerMessage(9102, LogLevel.Error, "{Count} tracking lines are lost")]
    private static partial void LogLost(ILogger log, long count);

    [LoggerMessage(9103, LogLevel.Error, "{Count} tracking lines are lost: the database was away when the process ended")]
    private static partial void LogAbandoned(ILogger log, Exception failure, int count);

    [LoggerMessage(9104, LogLevel.Warning, "A story is read before its last lines could be written")]
    private static partial void LogBehind(ILogger log);
}
