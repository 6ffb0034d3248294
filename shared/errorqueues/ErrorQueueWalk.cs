using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.ErrorQueues;

/// <summary>Looks at every message of an error queue once, and leaves those that stay in their order.</summary>
/// <remarks>
/// A message that is looked at and given back would come nearer to the broker's delivery limit, and be dropped in the end. So each
/// one is published again, to the queue's end or to where it came from, and acknowledged when the broker has confirmed that:
/// whoever dies between leaves it twice, and never loses it. Consumers take a message that comes twice for one.
/// </remarks>
/// <param name="channel">With publisher confirms.</param>
/// <param name="origin">The queue whose consumers failed.</param>
/// <param name="queue">Its error queue.</param>
internal sealed class ErrorQueueWalk(IChannel channel, string origin, string queue)
{
    /// <summary>Messages in flight at once: their confirms overlap.</summary>
    private const int MaxBatch = 32;

    /// <summary>Octets in flight at once, past which a batch takes no more.</summary>
    private const int MaxBatchBytes = 8 * 1024 * 1024;

    public int Changed { get; private set; }

    public int Refused { get; private set; }

    /// <param name="messages">Most messages to look at: those that are there at the start, not those that come meanwhile.</param>
    /// <param name="decide">What becomes of each.</param>
    public async Task RunAsync(long messages, Func<FailedMessage, Fate> decide, CancellationToken cancellationToken)
    {
        var left = messages;
        while (left > 0)
        {
            var taken = await RunBatchAsync((int)Math.Min(left, MaxBatch), decide, cancellationToken);
            if (taken == 0)
                return;
            left -= taken;
        }
    }

    /// <summary>Publishes in the order of the queue before it waits for any confirm.</summary>
    private async Task<int> RunBatchAsync(int most, Func<FailedMessage, Fate> decide, CancellationToken cancellationToken)
    {
        var inFlight = new List<(ulong Tag, Task Moved)>(most);
        var octets = 0;
        while (inFlight.Count < most && octets < MaxBatchBytes && await channel.BasicGetAsync(queue, autoAck: false, cancellationToken) is { } result)
        {
            var message = new FailedMessage(origin, result);
            octets += message.Body.Length;
            inFlight.Add((result.DeliveryTag, MoveAsync(message, decide(message), cancellationToken)));
        }
        foreach (var (tag, moved) in inFlight)
        {
            await moved;
            await channel.BasicAckAsync(tag, multiple: false, cancellationToken);
        }
        return inFlight.Count;
    }

    private async Task MoveAsync(FailedMessage message, Fate fate, CancellationToken cancellationToken)
    {
        if (fate == Fate.Keep)
        {
            await PublishAsync(queue, message, afresh: false, cancellationToken);
            return;
        }
        try
        {
            if (fate == Fate.Retry)
                await PublishAsync(origin, message, afresh: true, cancellationToken);
            Changed++;
        }
        catch (PublishException failure) when (failure.IsReturn)
        {
            await PublishAsync(queue, message, afresh: false, cancellationToken);
            Refused++;
        }
    }

    /// <summary>Completes when the broker has the message.</summary>
    private async Task PublishAsync(string target, FailedMessage message, bool afresh, CancellationToken cancellationToken) =>
        await channel.BasicPublishAsync("", target, mandatory: true, message.PropertiesToPublish(afresh), message.Body, cancellationToken);
}
