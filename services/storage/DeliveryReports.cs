using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Storage;

/// <summary>
/// What the sender is told of a delivery: that the account went, or is full, when a judged message comes, so that nothing is lost in silence; and
/// that the message is in its mailbox, where that was asked for (RFC 3461 §4.1, SUCCESS).
/// </summary>
/// <remarks>Called after the delivery is durable and before the command is acknowledged: a repetition tells the same again under the same message id, which is taken once.</remarks>
public sealed class DeliveryReports(NotificationSender notifications, TrackingLog tracking, TimeProvider clock)
{
    /// <summary>Completes when the notification is durable, or at once where nobody may be told.</summary>
    /// <exception cref="IOException">It could not be made durable: the delivery is tried again.</exception>
    public async Task FailedAsync(DeliverMessage message, IReadOnlyList<RecipientOutcome> missing, CancellationToken cancellationToken)
    {
        var told = missing.Where(outcome => NotifyConditions.Of(outcome.Recipient.Notify).Failure).ToList();
        var notification = told.Count == 0 ? null : await notifications.SendAsync(Report(message, [.. told.Select(Failed)]), cancellationToken);
        foreach (var recipient in missing)
            tracking.Record(Line(message, recipient, told.Contains(recipient) ? notification : null));
    }

    /// <summary>As <see cref="FailedAsync"/>, for recipients that have the message, now or since a delivery before this one.</summary>
    /// <remarks>
    /// A notification a recipient: a repetition may find others that have got the message meanwhile, and the id of one about all of them
    /// would be another.
    /// </remarks>
    public async Task DeliveredAsync(DeliverMessage message, IEnumerable<RecipientOutcome> delivered, CancellationToken cancellationToken)
    {
        foreach (var outcome in delivered.Where(outcome => NotifyConditions.Of(outcome.Recipient.Notify).Success))
            await notifications.SendAsync(Report(message, [Delivered(outcome)]), cancellationToken);
    }

    // RFC 3463 §3.2, §3.3: bad destination mailbox address; mailbox full.
    private static (string Status, string Reason) Why(RecipientOutcome outcome) =>
        outcome.OverQuota ? ("5.2.2", "The mailbox is full.") : ("5.1.1", "The mailbox no longer exists.");

    private static StatusReport Report(DeliverMessage message, IReadOnlyList<RecipientStatus> recipients) => new()
    {
        MessageId = message.MessageId,
        ReversePath = message.ReversePath,
        Body = message.Body,
        HeaderPrefix = message.HeaderPrefix,
        ReceivedAt = message.ReceivedAt,
        DsnReturn = message.DsnReturn,
        EnvelopeId = message.EnvelopeId,
        RequireTls = message.RequireTls,
        Recipients = recipients,
    };

    private RecipientStatus Failed(RecipientOutcome outcome) => new()
    {
        Address = outcome.Recipient.Address,
        ForwardPath = outcome.Recipient.ForwardPath,
        OriginalRecipient = outcome.Recipient.OriginalRecipient,
        Action = DsnAction.Failed,
        Status = Why(outcome).Status,
        Diagnostic = Why(outcome).Reason,
        LastAttemptAt = clock.GetUtcNow(),
    };

    private RecipientStatus Delivered(RecipientOutcome outcome) => new()
    {
        Address = outcome.Recipient.Address,
        ForwardPath = outcome.Recipient.ForwardPath,
        OriginalRecipient = outcome.Recipient.OriginalRecipient,
        Action = DsnAction.Delivered,
        Status = "2.0.0",
        LastAttemptAt = clock.GetUtcNow(),
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
            ["notification"] = notification ?? "none: the message came with the null reverse-path, or its sender wants none (NOTIFY)",
        },
    };
}
