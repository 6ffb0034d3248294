using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.ErrorQueues;

/// <summary>The error queues of the bus, for operators: what could not be processed waits there, whole, until somebody decides.</summary>
/// <remarks>Each operation opens a connection of its own, ends within <see cref="MaxTime"/>, and runs alone in its virtual host.</remarks>
/// <param name="broker">amqp://user:password@host:port/vhost. Holds a secret.</param>
/// <param name="queues">The queues whose error queues these are.</param>
/// <exception cref="IOException">Thrown by any member: the broker does not answer, or not in time.</exception>
/// <exception cref="ErrorQueuesBusyException">Thrown by all but <see cref="CountAsync"/>: another operation runs.</exception>
public sealed class ErrorQueues(Uri broker, IReadOnlyList<string> queues)
{
    /// <summary>Most messages of one queue that an operation looks at; the next operation finds those behind them.</summary>
    public const int MaxMessages = 10_000;

    private const string LockQueue = "mailmesh-errors-lock";

    /// <summary>What MassTransit moves to when a consumer fails, and when no consumer takes the type.</summary>
    private static readonly string[] Endings = ["_error", "_skipped"];

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Longest operation; what it has not looked at stays as it is.</summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(60);

    private static readonly CreateChannelOptions Confirming = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true);

    /// <summary>How many messages each error queue holds; a queue that does not exist yet holds none.</summary>
    public Task<IReadOnlyList<ErrorQueueDepth>> CountAsync(CancellationToken cancellationToken = default) => OnBrokerAsync<IReadOnlyList<ErrorQueueDepth>>(async (connection, cancel) =>
    {
        var depths = new List<ErrorQueueDepth>();
        foreach (var queue in queues)
        {
            long messages = 0;
            foreach (var ending in Endings)
                messages += await DepthAsync(connection, queue + ending, cancel);
            depths.Add(new ErrorQueueDepth(queue, messages));
        }
        return depths;
    }, cancellationToken);

    /// <summary>Shows every message to <paramref name="visit"/>, and leaves them all where they are.</summary>
    public Task VisitAsync(Action<FailedMessage> visit, CancellationToken cancellationToken = default) => WalkAsync(message =>
    {
        visit(message);
        return Fate.Keep;
    }, cancellationToken);

    /// <summary>Hands messages to the queues that they could not be taken from, as they were before they failed.</summary>
    public Task<ErrorChange> RetryAsync(Func<FailedMessage, bool> which, CancellationToken cancellationToken = default) =>
        WalkAsync(message => which(message) ? Fate.Retry : Fate.Keep, cancellationToken);

    /// <summary>Removes messages for good.</summary>
    public Task<ErrorChange> DeleteAsync(Func<FailedMessage, bool> which, CancellationToken cancellationToken = default) =>
        WalkAsync(message => which(message) ? Fate.Remove : Fate.Keep, cancellationToken);

    private Task<ErrorChange> WalkAsync(Func<FailedMessage, Fate> decide, CancellationToken cancellationToken) => OnBrokerAsync(async (connection, cancel) =>
    {
        await using var alone = await LockAsync(connection, cancel);
        await using var channel = await connection.CreateChannelAsync(Confirming, cancel);
        var (changed, refused) = (0, 0);
        foreach (var queue in queues)
        {
            foreach (var ending in Endings)
            {
                var walk = new ErrorQueueWalk(channel, queue, queue + ending);
                await walk.RunAsync(Math.Min(await DepthAsync(connection, queue + ending, cancel), MaxMessages), decide, cancel);
                (changed, refused) = (changed + walk.Changed, refused + walk.Refused);
            }
        }
        await alone.QueueDeleteAsync(LockQueue, cancellationToken: cancel); // at once: a connection's end frees it a moment later
        return new ErrorChange(changed, refused);
    }, cancellationToken);

    /// <summary>An exclusive queue is its connection's alone, on every node of the broker, and goes with it.</summary>
    private static async Task<IChannel> LockAsync(IConnection connection, CancellationToken cancellationToken)
    {
        var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            await channel.QueueDeclareAsync(LockQueue, durable: false, exclusive: true, autoDelete: true, cancellationToken: cancellationToken);
            return channel;
        }
        catch (OperationInterruptedException refused) when (refused.ShutdownReason?.ReplyCode == Constants.ResourceLocked)
        {
            throw new ErrorQueuesBusyException(refused);
        }
    }

    /// <summary>Messages that are ready; the broker closes a channel that asks for a queue which is not there.</summary>
    private static async Task<long> DepthAsync(IConnection connection, string queue, CancellationToken cancellationToken)
    {
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancellationToken);
        try
        {
            return (await channel.QueueDeclarePassiveAsync(queue, cancellationToken)).MessageCount;
        }
        catch (OperationInterruptedException missing) when (missing.ShutdownReason?.ReplyCode == Constants.NotFound)
        {
            return 0;
        }
    }

    private async Task<T> OnBrokerAsync<T>(Func<IConnection, CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(MaxTime);
        try
        {
            var factory = new ConnectionFactory
            {
                Uri = broker,
                ClientProvidedName = "mailmesh error queues",
                AutomaticRecoveryEnabled = false,
                RequestedConnectionTimeout = ConnectTimeout,
                SocketReadTimeout = ConnectTimeout,
                ContinuationTimeout = ConnectTimeout,
            };
            await using var connection = await factory.CreateConnectionAsync(timeout.Token);
            return await work(connection, timeout.Token);
        }
        // AMQP's own refusals, an unreachable broker (an IOException), time-outs.
        catch (Exception failure) when (failure is RabbitMQClientException or IOException or TimeoutException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw new IOException("The broker does not answer, or not in time.", failure);
        }
    }
}
