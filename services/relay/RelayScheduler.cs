using System.Collections.Concurrent;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Outbound;
using MailMesh.Relay.Client;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Leases what is due, finds its next hop and has it sent: a bounded set of rows in work, a bounded number of connections.</summary>
internal sealed partial class RelayScheduler(
    OutboundQueue queue, NextHopResolver resolver, DeliveryWorker worker, Settlement settlement, ActiveRows active,
    RelayOptions options, TimeProvider clock, ILogger<RelayScheduler> log) : BackgroundService
{
    /// <summary>Most rows of one lease, so that a long queue is taken in pieces.</summary>
    private const int LeaseBatch = 500;

    /// <summary>Domains whose next hop is looked up at once.</summary>
    private const int MaxLookups = 64;

    private readonly ConcurrentDictionary<string, Destination> _destinations = new();
    private readonly ConcurrentDictionary<Task, bool> _tasks = new();
    private readonly SemaphoreSlim _lookups = new(MaxLookups);
    private readonly SemaphoreSlim _connections = new(options.Connections);
    private readonly CancellationTokenSource _abort = new();
    private DateTimeOffset _renewed = DateTimeOffset.MinValue;
    private bool _away = true; // until the first success DependencyWatch tells what is missing

    /// <summary>After a whole stop alone: where a start has failed there is nothing to write to any more, and the leases end by themselves.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await DrainAsync();
    }

    public override void Dispose()
    {
        base.Dispose(); // first: what runs still hears of its end
        _lookups.Dispose();
        _connections.Dispose();
        _abort.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        var reclaimed = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (!reclaimed)
                    await queue.ReclaimAsync();
                reclaimed = true;
                await RenewAsync();
                var more = await LeaseAsync(stoppingToken);
                _away = false;
                if (!more)
                    await WaitAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception failure)
            {
                if (!_away)
                    LogQueueAway(log, PassingFaults.Unexplained(failure), failure.GetBaseException().Message); // once an outage; DependencyWatch tells its end
                _away = true;
                await Task.Delay(options.Poll, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>A third of a lease before it could end, it begins anew.</summary>
    private async Task RenewAsync()
    {
        var now = clock.GetUtcNow();
        if (now - _renewed < options.Lease / 3)
            return;
        var ids = active.Ids();
        if (ids.Count > 0)
            active.Renewed(ids, await queue.RenewAsync(ids, options.Lease), now + options.Lease);
        _renewed = now;
    }

    /// <summary>True when more may be due.</summary>
    private async Task<bool> LeaseAsync(CancellationToken stopping)
    {
        var batch = Math.Min(active.Room, LeaseBatch);
        if (batch == 0)
            return false;
        var until = clock.GetUtcNow() + options.Lease;
        var rows = await queue.LeaseDueAsync(batch, options.Lease, active.FullDomains());
        active.Add(rows, until);
        foreach (var domain in rows.GroupBy(row => row.Domain))
            Track(DispatchAsync(domain.Key, [.. domain], stopping));
        return rows.Count == batch;
    }

    private async Task WaitAsync(CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var due = await queue.NextDueAsync() ?? DateTimeOffset.MaxValue;
        // A row that is due but was not leased belongs to a full domain: its end, or the poll, wakes us.
        var wait = due > now && due - now < options.Poll ? due - now : options.Poll;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var poll = Task.Delay(wait, clock, woken.Token);
        var work = queue.WaitForWorkAsync(woken.Token);
        await Task.WhenAny(poll, work);
        await woken.CancelAsync();
        await Task.WhenAll(poll, work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task DispatchAsync(string domain, IReadOnlyList<QueueEntry> rows, CancellationToken stopping)
    {
        await Task.Yield();
        await _lookups.WaitAsync(stopping);
        NextHop hop;
        try
        {
            hop = await resolver.ResolveAsync(domain, stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogLookupFailed(log, failure, domain);
            hop = new NextHop.None(RecipientResult.OurFault("The next hop could not be looked up"));
        }
        finally
        {
            _lookups.Release();
        }
        if (hop is NextHop.Servers servers)
            Send(servers, rows, stopping);
        else if (hop is NextHop.None none)
            await NowhereAsync(rows, none);
    }

    private async Task NowhereAsync(IReadOnlyList<QueueEntry> rows, NextHop.None none)
    {
        foreach (var group in MessageGroup.Of(rows))
            await settlement.SettleAsync(group.Rows, [.. group.Rows.Select(_ => none.Result)], AttemptPlace.Nowhere, _abort.Token);
    }

    private void Send(NextHop.Servers servers, IReadOnlyList<QueueEntry> rows, CancellationToken stopping)
    {
        Destination destination;
        int connections;
        do
        {
            destination = _destinations.GetOrAdd(servers.Key, _ => new Destination(servers, options.ConnectionsPerDestination));
        }
        while (!destination.TryAdd(rows, out connections));
        for (var i = 0; i < connections; i++)
            Track(ServeAsync(destination, stopping));
    }

    private async Task ServeAsync(Destination destination, CancellationToken stopping)
    {
        await Task.Yield();
        await _connections.WaitAsync(stopping);
        var closed = false;
        try
        {
            closed = await worker.RunAsync(destination, stopping, _abort.Token);
        }
        finally
        {
            _connections.Release();
            if (closed && _destinations.TryRemove(new(destination.Hop.Key, destination)))
                destination.Dispose();
        }
    }

    private void Track(Task task)
    {
        _tasks[task] = true;
        task.ContinueWith(ended =>
        {
            _tasks.TryRemove(ended, out _);
            if (ended.IsFaulted)
                LogTaskFailed(log, ended.Exception);
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    /// <summary>Transactions in flight end, within bounds; what was not begun goes back to the queue.</summary>
    private async Task DrainAsync()
    {
        _abort.CancelAfter(options.Drain);
        await Task.WhenAll(_tasks.Keys).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var left = active.Ids();
        try
        {
            if (left.Count > 0)
                await queue.SettleAsync([.. left.Select(id => new QueueOutcome.Returned(id))]);
            LogDrained(log, left.Count);
        }
        catch (Exception failure)
        {
            LogNotReturned(log, failure, left.Count);
        }
    }

    [LoggerMessage(6020, LogLevel.Error, "The outbound queue cannot be read; trying again: {Reason}")]
    private static partial void LogQueueAway(ILogger log, Exception? failure, string reason);

    [LoggerMessage(6021, LogLevel.Error, "A delivery failed unexpectedly; its rows come back when their lease ends")]
    private static partial void LogTaskFailed(ILogger log, Exception? failure);

    [LoggerMessage(6024, LogLevel.Warning, "The relay has drained; {Count} recipients could not be given back to the queue and come back when their lease ends")]
    private static partial void LogNotReturned(ILogger log, Exception failure, int count);

    [LoggerMessage(6023, LogLevel.Error, "The next hop of {Domain} cannot be looked up")]
    private static partial void LogLookupFailed(ILogger log, Exception failure, string domain);

    [LoggerMessage(6022, LogLevel.Information, "The relay has drained; {Count} recipients went back to the queue")]
    private static partial void LogDrained(ILogger log, int count);
}
