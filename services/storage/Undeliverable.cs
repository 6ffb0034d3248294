using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Storage;

/// <summary>The account went, or is full, when a judged message comes to its delivery: the sender is told, nothing is lost in silence.</summary>
public sealed class Undeliverable(NotificationSender notifications, TrackingLog tracking, TimeProvider clock)
{
    /// <summary>Completes when the notification is durable, or at once where the null reverse-path forbids one.</summary>
    /// <exception cref="IOException">It could not be made durable: the delivery is tried again.</exception>
    public async Task ReportAsync(DeliverMessage message, IReadOnlyList<RecipientOutcome> missing, CancellationToken cancellationToken)
    {
        var notification = await notifications.SendAsync(Report(message, missing), cancellationToken);
        foreach (var recipient in missing)
            tracking.Record(Line(message, recipient, notification));
    }

    // RFC 3463 §3.2, §3.3: bad destination mailbox address; mailbox full.
    private static (string Status, string Reason) Why(RecipientOutcome outcome) =>
        outcome.OverQuota ? ("5.2.2", "The mailbox is full.") : ("5.1.1", "The mailbox no longer exists.");

    private StatusReport Report(DeliverMessage message, IReadOnlyList<RecipientOutcome> missing) => new()
    {
        MessageId = message.MessageId,
        ReversePath = message.ReversePath,
        Body = message.Body,
        HeaderPrefix = message.HeaderPrefix,
        ReceivedAt = message.ReceivedAt,
        Recipients = [.. missing.Select(outcome => new RecipientStatus
        {
            Address = outcome.Recipient.Address,
            ForwardPath = outcome.Recipient.ForwardPath,
            Action = DsnAction.Failed,
            Status = Why(outcome).Status,
            Diagnostic = Why(outcome).Reason,
            LastAttemptAt = clock.GetUtcNow(),
        })],
    };

    private static TrackingEvent Line(DeliverMessage message, RecipientOutcome outcome, string? notification) => new()
    {
        MessageId = message.MessageId,
        Service = "storage",
        Event = "bounced",
        Recipient = outcome.Recipient.Address,
        Detail = new Dictionary<string, string>
        {
            ["status"] = Why(outcome).Status,
            ["reason"] = Why(outcome).Reason,
            ["notification"] = notification ?? "none: the message came with the null reverse-path",
        },
    };
}
