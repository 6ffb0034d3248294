using System.Threading.Channels;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging;

namespace MailMesh.Spool;

/// <summary>The intake of the mesh: the broker's confirm makes a message ours, and the claims settle what filtering and the session cannot tell each other in time.</summary>
public sealed partial class BrokerIntake : IMessageIntake, IAsyncDisposable
{
    /// <summary>Past it a message is refused at once: a broker that hangs must not fill memory.</summary>
    private const int MaxInFlight = 5_000;

    private static readonly TimeSpan PublishLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WithdrawLimit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _abandoned =
        Channel.CreateBounded<string>(new BoundedChannelOptions(100_000) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    private readonly CancellationTokenSource _stopping = new();
    private readonly ClaimTable _claims;
    private readonly IMessageBus _bus;
    private readonly TrackingLog _tracking;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Task _withdrawing;
    private int _inFlight;

    public BrokerIntake(MailDatabase database, IMessageBus bus, TrackingLog tracking, TimeProvider clock, ILogger<BrokerIntake> log)
    {
        _claims = new ClaimTable(database, clock);
        _bus = bus;
        _tracking = tracking;
        _clock = clock;
        _log = log;
        _withdrawing = Task.Run(WithdrawAbandonedAsync);
    }

    /// <inheritdoc/>
    public async Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Increment(ref _inFlight) > MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            throw new IOException($"{MaxInFlight} messages wait for the broker already.");
        }
        try
        {
            await PublishAsync(message, cancellationToken);
            SpoolMetrics.Accepted.Add(1);
        }
        // Who waits for no verdict tries again under the same id, and receivers know a repetition.
        catch (Exception failure) when (message.VerdictTo is not null)
        {
            await WithdrawAsync(message.MessageId, failure);
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    /// <inheritdoc/>
    public void Expect(string messageId, int commands)
    {
        // the broker keeps each command until it is acknowledged
    }

    /// <inheritdoc/>
    public void Settle(string messageId)
    {
        // acknowledging settles
    }

    /// <inheritdoc/>
    public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) =>
        _claims.ClaimAsync(messageId, claim, cancellationToken);

    /// <inheritdoc/>
    public void Abandon(string messageId) => _abandoned.Writer.TryWrite(messageId);

    /// <inheritdoc/>
    public Task ForgetAsync(string messageId, CancellationToken cancellationToken = default) => Task.CompletedTask; // filtering claimed the refusal and dropped it

    /// <inheritdoc/>
    public Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default) => Task.CompletedTask; // a refusal is claimed: none comes after a 250

    public async ValueTask DisposeAsync()
    {
        if (!_abandoned.Writer.TryComplete())
            return;
        _stopping.CancelAfter(WithdrawLimit);
        await _withdrawing;
        await _claims.DisposeAsync();
        _stopping.Dispose();
    }

    /// <summary>Meanwhile the line of the message's story that was told already becomes durable too, where the database answers.</summary>
    private async Task PublishAsync(MessageReceived message, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(PublishLimit);
        var told = _tracking.FlushAsync(cancellationToken).WaitAsync(FlushLimit, _clock, CancellationToken.None);
        try
        {
            await _bus.PublishAsync(message, limit.Token);
        }
        catch (Exception failure)
        {
            throw failure as IOException ?? new IOException("The broker did not confirm the message.", failure);
        }
        finally
        {
            await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Nobody knows whether the broker has the message. Its client is told to try again, so this one must reach nobody.</summary>
    /// <exception cref="IOException">It is withdrawn, or will be.</exception>
    private async Task WithdrawAsync(string messageId, Exception failure)
    {
        try
        {
            var standing = await _claims.WithdrawAsync(messageId, CancellationToken.None).WaitAsync(WithdrawLimit, _clock);
            if (standing.Kind != ClaimKind.Withdrawn)
                return; // it is on its way, or refused: the session goes on as if the broker had confirmed
        }
        catch (Exception second)
        {
            Abandon(messageId);
            throw new IOException("The broker did not confirm the message, and it could not be withdrawn yet.", new AggregateException(failure, second));
        }
        throw failure as IOException ?? new IOException("The broker did not confirm the message.", failure);
    }

    private async Task WithdrawAbandonedAsync()
    {
        await foreach (var id in _abandoned.Reader.ReadAllAsync())
        {
            while (!await TryWithdrawAsync(id) && !_stopping.IsCancellationRequested)
                await Task.Delay(RetryDelay, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> TryWithdrawAsync(string messageId)
    {
        try
        {
            await _claims.WithdrawAsync(messageId, _stopping.Token).WaitAsync(_stopping.Token);
            return true;
        }
        catch (Exception failure)
        {
            LogNotWithdrawn(_log, messageId, failure.Message);
            return false;
        }
    }

    [LoggerMessage(8006, LogLevel.Debug, "Message {MessageId}, whose client was told to try again, could not be withdrawn yet: {Reason}")]
    private static partial void LogNotWithdrawn(ILogger log, string messageId, string reason);
}
