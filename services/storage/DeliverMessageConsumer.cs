using System.Diagnostics;
using System.Globalization;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Spool;
using MailMesh.Tracking;

namespace MailMesh.Storage;

/// <summary>Puts a judged message into mailboxes; acknowledged only after that is durable, and once more without effect.</summary>
public sealed class DeliverMessageConsumer(
    DeliveryGroups deliveries, DeliveryReports reports, TrackingLog tracking, IMessageIntake intake, TimeProvider clock) : ICommandConsumer<DeliverMessage>
{
    public async Task ConsumeAsync(DeliverMessage message, bool isRepeated, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        using var span = Telemetry.StartSpan("storage.deliver", ActivityKind.Consumer, message.TraceParent);
        var outcome = await deliveries.DeliverAsync(message);
        var missing = outcome.Recipients.Where(r => r.Mailbox is null && !r.Duplicate).ToList();
        foreach (var recipient in outcome.Recipients.Except(missing))
            tracking.Record(Delivered(message, recipient));
        // RFC 5321 §6.1: who took responsibility for a message tells its sender when it cannot be delivered after all.
        if (missing.Count > 0)
            await reports.FailedAsync(message, missing, cancellationToken);
        await reports.DeliveredAsync(message, outcome.Recipients.Except(missing), cancellationToken);
        intake.Settle(message.MessageId);
        Tag(span, outcome, missing.Count);
        StorageMetrics.Delivered(outcome, missing.Count, clock.GetElapsedTime(started));
    }

    private static TrackingEvent Delivered(DeliverMessage message, RecipientOutcome recipient) => new()
    {
        MessageId = message.MessageId,
        Service = "storage",
        Event = "delivered",
        Recipient = recipient.Recipient.Address,
        Detail = recipient.Duplicate
            ? new Dictionary<string, string> { ["repeated"] = "delivered before; nothing was done" }
            : new Dictionary<string, string>
            {
                ["mailbox"] = recipient.Mailbox!,
                ["uid"] = recipient.Uid.ToString(CultureInfo.InvariantCulture),
            },
    };

    private static void Tag(Activity? span, DeliveryOutcome outcome, int missing)
    {
        if (span is not { IsAllDataRequested: true })
            return;
        span.SetTag("mailmesh.message.id", outcome.MessageId);
        span.SetTag("mailmesh.recipients", outcome.Recipients.Count);
        if (missing > 0)
            span.SetTag("mailmesh.recipients.missing", missing);
    }
}
