using System.Globalization;
using MailMesh.Contracts;
using MailMesh.Tracking;
using MassTransit;
using MassTransit.RabbitMqTransport;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>What becomes of a command whose consumer fails.</summary>
/// <remarks>
/// A passing fault (a database, object store or broker that is away) is tried again in place until it has passed, so that work
/// goes on within seconds of an engine's return; the prefetch limit bounds what waits. Every other fault is tried again a few
/// times at once, and then MassTransit moves the message to the error queue, whole. At a stop, and before the broker takes
/// the delivery back by itself (its acknowledgement time-out is half an hour), the message is given back.
/// </remarks>
internal sealed partial class FaultFilter(string queue, TrackingLog? tracking, IHostApplicationLifetime lifetime, ILogger log) : IFilter<ConsumeContext>
{
    private const int QuickRetries = 3;

    /// <summary>A message that comes for this many times kills its consumer; every hold that ends counts too, so that this is days of an engine's absence.</summary>
    private const long MaxDeliveries = 200;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastDelay = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan FlushLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan MaxHold = TimeSpan.FromMinutes(20);

    private readonly NowAndThen _telling = new();

    public async Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var started = Environment.TickCount64;
        var unexpected = 0;
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                RequireFewDeliveries(context);
                await next.Send(context);
                await FlushAsync(context);
                return;
            }
            catch (Exception failure) when (PassingFaults.IsPassing(failure))
            {
                if (_telling.IsTime())
                    LogWaiting(log, queue, failure.GetBaseException().Message);
                ThrowIfOver(context, started);
            }
            catch (Exception failure) when (failure is not (UnknownContractVersionException or TooManyDeliveriesException) && unexpected++ < QuickRetries)
            {
                LogRetry(log, failure, queue, context.MessageId);
            }
            catch (Exception failure)
            {
                LogPoison(log, failure, queue, context.MessageId);
                await TellStoryAsync(context, failure);
                throw;
            }
            await DelayAsync(attempt, context.CancellationToken);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("faults");

    /// <summary>Before the acknowledgement, so that a process that is killed takes no line of a message's story along. Without the database mail goes on.</summary>
    private async Task FlushAsync(ConsumeContext context)
    {
        if (tracking is not null)
            await tracking.WrittenAsync(context.CancellationToken).WaitAsync(FlushLimit).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>Who asks what became of the message is told where it waits, and why.</summary>
    private async Task TellStoryAsync(ConsumeContext context, Exception failure)
    {
        if (OurMessage.MailIdIn(context) is not { } id)
            return;
        tracking?.Record(new TrackingEvent
        {
            MessageId = id,
            Service = queue,
            Event = "failed",
            Detail = new Dictionary<string, string> { ["queue"] = $"{queue}_error", ["reason"] = failure.Message },
        });
        await FlushAsync(context);
    }

    private static void RequireFewDeliveries(ConsumeContext context)
    {
        if (context.ReceiveContext.TransportHeaders.TryGetHeader("x-delivery-count", out var count) && count is IConvertible number
            && number.ToInt64(CultureInfo.InvariantCulture) is >= MaxDeliveries and var deliveries)
            throw new TooManyDeliveriesException(deliveries);
    }

    /// <summary>MassTransit gives a cancelled message back to its queue.</summary>
    private void ThrowIfOver(ConsumeContext context, long started)
    {
        context.CancellationToken.ThrowIfCancellationRequested();
        lifetime.ApplicationStopping.ThrowIfCancellationRequested();
        if (context.TryGetPayload<ChannelContext>(out var channel) && channel.Channel.IsClosed)
            throw new OperationCanceledException("The broker has taken the message back.");
        if (Environment.TickCount64 - started > MaxHold.TotalMilliseconds)
            throw new OperationCanceledException("The message goes back to its queue before the broker takes it.");
    }

    private async Task DelayAsync(int attempt, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lifetime.ApplicationStopping);
        var delay = Math.Min(FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 10)), LastDelay.TotalMilliseconds);
        await Task.Delay(TimeSpan.FromMilliseconds(delay * (0.75 + Random.Shared.NextDouble() / 2)), either.Token);
    }

    [LoggerMessage(1020, LogLevel.Warning, "Messages of the queue {Queue} wait for a dependency and are tried again: {Reason}")]
    private static partial void LogWaiting(ILogger log, string queue, string reason);

    [LoggerMessage(1021, LogLevel.Warning, "A message of the queue {Queue} failed and is tried again, bus message {BusMessageId}")]
    private static partial void LogRetry(ILogger log, Exception failure, string queue, Guid? busMessageId);

    [LoggerMessage(1022, LogLevel.Error, "A message of the queue {Queue} goes to its error queue, bus message {BusMessageId}")]
    private static partial void LogPoison(ILogger log, Exception failure, string queue, Guid? busMessageId);
}
