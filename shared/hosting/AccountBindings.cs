using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.Hosting;

/// <summary>Binds this copy's queue of events to the accounts that have sessions here, one binding an account, and again whenever the queue was declared anew.</summary>
internal sealed partial class AccountBindings(Uri broker, string instanceId, ILogger<AccountBindings> log) : BackgroundService, IAccountEvents, IReceiveEndpointObserver
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, int> _followers = [];
    private readonly HashSet<long> _changed = [];
    private readonly HashSet<long> _bound = [];
    private readonly SemaphoreSlim _wake = new(0);
    private readonly string _destination = CopyAddress.QueueOf(RabbitMqBus.Events, instanceId);
    private bool _stale;

    public event Action<long>? Resumed;

    public void Follow(long accountId) => Count(accountId, +1);

    public void Unfollow(long accountId) => Count(accountId, -1);

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
            foreach (var (account, bind) in Take())
            {
                var key = RabbitMqBus.KeyOf(account);
                if (bind)
                    await channel.ExchangeBindAsync(_destination, RabbitMqBus.Events, key, cancellationToken: stoppingToken);
                else
                    await channel.ExchangeUnbindAsync(_destination, RabbitMqBus.Events, key, cancellationToken: stoppingToken);
                Note(account, bind);
            }
            await _wake.WaitAsync(stoppingToken);
            if (!channel.IsOpen)
                throw new AlreadyClosedException(channel.CloseReason!);
        }
    }

    private void Count(long accountId, int change)
    {
        lock (_followers)
        {
            var followers = _followers.GetValueOrDefault(accountId) + change;
            if (followers > 0)
                _followers[accountId] = followers;
            else
                _followers.Remove(accountId);
            if (followers > 1 || followers == 1 && change < 0 || !_changed.Add(accountId))
                return;
        }
        _wake.Release();
    }

    /// <summary>What is to be bound (true) and unbound.</summary>
    private List<(long Account, bool Bind)> Take()
    {
        lock (_followers)
        {
            if (_stale)
            {
                _stale = false;
                _bound.Clear();
                _changed.UnionWith(_followers.Keys);
            }
            var work = _changed.Select(account => (account, _followers.ContainsKey(account))).Where(item => item.Item2 != _bound.Contains(item.account)).ToList();
            _changed.Clear();
            return work;
        }
    }

    private void Note(long account, bool bind)
    {
        lock (_followers)
        {
            if (bind)
                _bound.Add(account);
            else
                _bound.Remove(account);
        }
        if (bind)
            Resumed?.Invoke(account);
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
