using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.Hosting;

/// <summary>Binds this copy's queue of events to the accounts that have sessions here, one binding an account, and again whenever the queue was declared anew.</summary>
/// <remarks>
/// A binding outlives the last session for a while: a client leaves a mailbox to select it again, and a binding that comes or goes costs the broker more than
/// the events of an account that nobody follows any more.
/// </remarks>
internal sealed partial class AccountBindings(Uri broker, string instanceId, TimeProvider clock, ILogger<AccountBindings> log) : BackgroundService, IAccountEvents, IReceiveEndpointObserver
{
    /// <summary>An account without sessions stays bound for this long, and up to twice as long.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, int> _followers = [];
    private readonly HashSet<long> _unbound = [];
    private readonly HashSet<long> _bound = [];
    private readonly Queue<long> _leaving = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly string _destination = CopyAddress.QueueOf(RabbitMqBus.Events, instanceId);

    /// <summary>Accounts that lost their last session since the last sweep.</summary>
    private HashSet<long> _left = [];

    /// <summary>Accounts that lost it between the last two sweeps.</summary>
    private HashSet<long> _leftBefore = [];

    private bool _stale;

    public event Action<long>? Resumed;

    public void Follow(long accountId)
    {
        lock (_followers)
        {
            _followers[accountId] = _followers.GetValueOrDefault(accountId) + 1;
            if (_bound.Contains(accountId) || !_unbound.Add(accountId))
                return;
        }
        _wake.Release();
    }

    public void Unfollow(long accountId)
    {
        lock (_followers)
        {
            if (--_followers[accountId] > 0)
                return;
            _followers.Remove(accountId);
            _left.Add(accountId);
        }
    }

    public Task Ready(ReceiveEndpointReady ready)
    {
        lock (_followers)
            _stale = true;
        _wake.Release();
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    public Task Faulted(ReceiveEndpointFaulted faulted) => Task.CompletedTask;

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await using var sweeps = clock.CreateTimer(_ => Sweep(), null, Linger, Linger);
        while (!stoppingToken.IsCancellationRequested)
        {
            await _wake.WaitAsync(stoppingToken);
            try
            {
                await using var connection = await RabbitMqBus.FactoryOf(broker).CreateConnectionAsync($"bindings {instanceId}", stoppingToken);
                await KeepAsync(connection, stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                // The endpoint of the queue is away too, or its queue not yet declared. Meanwhile the catch-up of snapshots serves.
                LogAway(log, failure.Message);
                MakeStale();
                await Task.Delay(RetryDelay, stoppingToken);
            }
        }
    }

    private async Task KeepAsync(IConnection connection, CancellationToken stoppingToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: stoppingToken);
        while (true)
        {
            foreach (var account in TakeUnbound())
            {
                await channel.ExchangeBindAsync(_destination, RabbitMqBus.Events, RabbitMqBus.KeyOf(account), cancellationToken: stoppingToken);
                lock (_followers)
                    _bound.Add(account);
                Resumed?.Invoke(account);
            }
            if (TakeLeaving() is { } left) // one at a time: accounts that come do not wait for those that go
                await UnbindAsync(channel, left, stoppingToken);
            else
                await _wake.WaitAsync(stoppingToken);
            if (!channel.IsOpen)
                throw new AlreadyClosedException(channel.CloseReason!);
        }
    }

    private async Task UnbindAsync(IChannel channel, long account, CancellationToken stoppingToken)
    {
        try
        {
            await channel.ExchangeUnbindAsync(_destination, RabbitMqBus.Events, RabbitMqBus.KeyOf(account), cancellationToken: stoppingToken);
        }
        catch
        {
            lock (_followers)
                _left.Add(account);
            throw;
        }
    }

    private List<long> TakeUnbound()
    {
        lock (_followers)
        {
            if (_stale)
            {
                _stale = false;
                _bound.Clear();
                _unbound.UnionWith(_followers.Keys);
            }
            var followed = _unbound.Where(_followers.ContainsKey).ToList();
            _unbound.Clear();
            return followed;
        }
    }

    /// <summary>An account to be unbound, which counts as unbound from now on; null where there is none.</summary>
    private long? TakeLeaving()
    {
        lock (_followers)
        {
            while (_leaving.TryDequeue(out var account))
            {
                if (_followers.ContainsKey(account) || _left.Contains(account) || _leftBefore.Contains(account))
                    continue; // it came back
                _bound.Remove(account);
                return account;
            }
            return null;
        }
    }

    private void Sweep()
    {
        lock (_followers)
        {
            if (_leaving.Count > 0)
                return; // the broker is away
            foreach (var account in _leftBefore)
                _leaving.Enqueue(account);
            (_leftBefore, _left) = (_left, []);
        }
        _wake.Release();
    }

    private void MakeStale()
    {
        lock (_followers)
            _stale = true;
        _wake.Release();
    }

    [LoggerMessage(1024, LogLevel.Debug, "This copy's queue of events cannot be bound to its accounts now: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
