using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Storage;

/// <summary>The account went between the judgement of a message and its delivery: the sender is told, nothing is lost in silence.</summary>
public sealed class Undeliverable(NotificationSender notifications, TrackingLog tracking, TimeProvider clock)
{
    private const string Status = "5.1.1"; // RFC 3463: bad destination mailbox address
    private const string Reason = "The mailbox no longer exists.";

    /// <summary>Completes when the notification is durable, or at once where the null reverse-path forbids one.</summary>
    /// <exception cref="IOException">It could not be made durable: the delivery is tried again.</exception>
    public async Task ReportAsync(DeliverMessage message, IReadOnlyList<RecipientOutcome> missing, CancellationToken cancellationToken)
    {
        var notification = await notifications.SendAsync(Report(message, missing), cancellationToken);
        foreach (var recipient in missing)
            tracking.Record(Line(message, recipient, notification));
    }

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
            Status = Status,
            Diagnostic = Reason,
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
            ["status"] = Status,
            ["reason"] = Reason,
            ["notification"] = notification ?? "none: the message came with the null reverse-path",
        },
    };
}
