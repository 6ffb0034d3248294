using System.Collections.Concurrent;
using System.Threading.Channels;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging;

namespace MailMesh.Spool;

/// <summary>The truth in standalone: a row a message, from before its 250 until every command is settled.</summary>
public sealed partial class DatabaseSpool : IMessageIntake, IAsyncDisposable
{
    private const int MaxRemovals = 1_000;

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReplayPatience = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, UnsettledMessage> _unsettled = new();
    private readonly Channel<string> _settled = Channel.CreateBounded<string>(new BoundedChannelOptions(100_000) { SingleReader = true });
    private readonly CancellationTokenSource _stopping = new();
    private readonly SpoolTable _table;
    private readonly IMessageBus _bus;
    private readonly TrackingLog _tracking;
    private readonly SpoolOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<DatabaseSpool> _log;
    private readonly Task _removing;
    private string? _replayedTo = "";
    private int _count;

    public DatabaseSpool(MailDatabase database, IMessageBus bus, TrackingLog tracking, SpoolOptions options, TimeProvider clock, ILogger<DatabaseSpool> log)
    {
        _table = new SpoolTable(database);
        _bus = bus;
        _tracking = tracking;
        _options = options;
        _clock = clock;
        _log = log;
        _removing = Task.Run(RemoveSettledAsync);
    }

    /// <summary>Messages in work.</summary>
    public int UnsettledCount => Volatile.Read(ref _count); // the dictionary's own takes all its locks

    /// <inheritdoc/>
    public async Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default)
    {
        if (UnsettledCount >= _options.MaxUnsettled)
            throw new IOException($"{_options.MaxUnsettled} messages wait already.");
        var isNew = Begin(message.MessageId);
        try
        {
            await _table.InsertAsync(message, cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            if (isNew)
                End(message.MessageId);
            throw failure as IOException ?? new IOException("The spool cannot take the message.", failure);
        }
        SpoolMetrics.Accepted.Add(1);
        await PublishAsync(message, cancellationToken);
    }

    /// <inheritdoc/>
    public void Expect(string messageId, int commands)
    {
        var now = _clock.GetUtcNow();
        Begin(messageId);
        if (!_unsettled.TryGetValue(messageId, out var message))
            return; // forgotten this moment
        message.Expect(commands, now);
        ForgetWhenSettled(messageId, message);
    }

    /// <inheritdoc/>
    public void Settle(string messageId)
    {
        if (!_unsettled.TryGetValue(messageId, out var message))
            return;
        message.Settle(_clock.GetUtcNow());
        ForgetWhenSettled(messageId, message);
    }

    /// <inheritdoc/>
    /// <remarks>One process: whoever comes late finds the session gone, and the message is resubmitted.</remarks>
    public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) => Task.FromResult(claim);

    /// <inheritdoc/>
    public void Abandon(string messageId) => _ = ForgetAbandonedAsync(messageId);

    /// <inheritdoc/>
    public async Task ForgetAsync(string messageId, CancellationToken cancellationToken = default)
    {
        await _table.DeleteAsync([messageId], cancellationToken);
        End(messageId);
    }

    /// <inheritdoc/>
    public async Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default)
    {
        if (await _table.ReadAsync(messageId) is { } message)
            await _bus.PublishAsync(message with { VerdictTo = null }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        // The container disposes it under each of its two types.
        if (!_settled.Writer.TryComplete())
            return;
        _stopping.CancelAfter(TimeSpan.FromSeconds(5));
        await _removing;
        await _table.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task ForgetAbandonedAsync(string messageId)
    {
        try
        {
            await ForgetAsync(messageId);
        }
        catch (Exception failure)
        {
            LogUnremoved(_log, failure, 1);
        }
    }

    /// <summary>Publishes some of what an earlier life of the process left; false when nothing is left of it.</summary>
    internal async Task<bool> ReplayAsync(CancellationToken cancellationToken)
    {
        if (_replayedTo is null)
            return false;
        var room = ReplayRoom();
        if (room <= 0)
            return true;
        var ids = await _table.PageAsync(_replayedTo, room);
        foreach (var id in ids)
        {
            // One that is in work already came in since the start.
            if (Begin(id))
                await RepublishAsync(id, cancellationToken);
        }
        if (ids.Count > 0)
            LogReplayed(_log, ids.Count);
        _replayedTo = ids.Count < room ? null : ids[^1];
        return _replayedTo is not null;
    }

    /// <summary>Publishes again what nothing has happened to for long, and takes up removals that failed.</summary>
    internal async Task SweepAsync(CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        foreach (var (id, message) in _unsettled)
        {
            ForgetWhenSettled(id, message);
            if (!message.TakeDue(now, _options))
                continue;
            LogUnsettled(_log, id, message.Republished);
            await RepublishAsync(id, cancellationToken);
        }
    }

    /// <summary>Messages that nothing happens to leave the window, so that dead ones do not keep the others waiting.</summary>
    private int ReplayRoom()
    {
        var since = _clock.GetUtcNow() - ReplayPatience;
        var moving = _unsettled.Values.Count(message => message.TouchedSince(since));
        return Math.Min(_options.ReplayWindow - moving, _options.MaxUnsettled - UnsettledCount);
    }

    private async Task RepublishAsync(string messageId, CancellationToken cancellationToken)
    {
        if (await _table.ReadAsync(messageId) is not { } message)
        {
            End(messageId);
            return;
        }
        SpoolMetrics.Republished.Add(1);
        await PublishAsync(message with { VerdictTo = null }, cancellationToken);
    }

    /// <summary>The row is durable, so that a bus that is away delays the message and loses nothing: the sweep publishes it again.</summary>
    private async Task PublishAsync(MessageReceived message, CancellationToken cancellationToken)
    {
        try
        {
            await _bus.PublishAsync(message, cancellationToken);
        }
        catch (Exception failure)
        {
            LogUnpublished(_log, failure, message.MessageId);
        }
    }

    /// <summary>True when the message was not in work before.</summary>
    private bool Begin(string messageId)
    {
        if (_unsettled.ContainsKey(messageId) || !_unsettled.TryAdd(messageId, new UnsettledMessage(_clock.GetUtcNow())))
            return false;
        Interlocked.Increment(ref _count);
        return true;
    }

    private void End(string messageId)
    {
        if (_unsettled.TryRemove(messageId, out _))
            Interlocked.Decrement(ref _count);
    }

    private void ForgetWhenSettled(string messageId, UnsettledMessage message)
    {
        if (message.TakeSettled() && !_settled.Writer.TryWrite(messageId))
            message.PutBack();
    }

    private async Task RemoveSettledAsync()
    {
        var ids = new List<string>();
        while (await _settled.Reader.WaitToReadAsync())
        {
            await PauseAsync(_options.RemovalDelay);
            while (ids.Count < MaxRemovals && _settled.Reader.TryRead(out var id))
                ids.Add(id);
            while (!await TryRemoveAsync(ids) && !_stopping.IsCancellationRequested)
                await PauseAsync(RetryDelay);
            ids.Clear();
        }
    }

    private async Task<bool> TryRemoveAsync(List<string> ids)
    {
        try
        {
            // The story is durable before the row goes: until then the message can be told again.
            await _tracking.WrittenAsync(_stopping.Token);
            await _table.DeleteAsync([.. ids], _stopping.Token);
            ids.ForEach(End);
            return true;
        }
        catch (Exception failure)
        {
            LogUnremoved(_log, failure, ids.Count);
            return false;
        }
    }

    private async Task PauseAsync(TimeSpan span)
    {
        if (!_settled.Reader.Completion.IsCompleted && !_stopping.IsCancellationRequested)
            await Task.Delay(span, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    [LoggerMessage(8001, LogLevel.Information, "{Count} messages of an earlier run published again")]
    private static partial void LogReplayed(ILogger log, int count);

    [LoggerMessage(8002, LogLevel.Warning, "Message {MessageId} is unsettled: published again, time {Times}")]
    private static partial void LogUnsettled(ILogger log, string messageId, int times);

    [LoggerMessage(8003, LogLevel.Warning, "Message {MessageId} is durable but could not be published now")]
    private static partial void LogUnpublished(ILogger log, Exception failure, string messageId);

    [LoggerMessage(8004, LogLevel.Warning, "{Count} settled messages could not be removed now")]
    private static partial void LogUnremoved(ILogger log, Exception failure, int count);

    [LoggerMessage(8005, LogLevel.Error, "The sweep of the spool failed; it is tried again")]
    internal static partial void LogSweepFailed(ILogger log, Exception failure);
}
