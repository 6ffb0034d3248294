using System.Net;
using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Spool;

namespace MailMesh.Filtering;

/// <summary>Carries out what was decided: notifications, commands, and the verdict for the session.</summary>
/// <remarks>
/// The order is the promise: what tells the sender of a failure is durable first, then the commands are counted and published, and the
/// verdict goes last. A repetition at any point gives the same commands and the same notification ids, which their receivers know.
/// </remarks>
public sealed class Dispatch(
    IMessageBus bus, IMessageIntake intake, NotificationSender notifications, VerdictStory story, MailMeshOptions options, TimeProvider clock)
{
    private readonly TraceFields _fields = new(options.Hostname);

    public async Task SendAsync(JudgedMessage judged, CancellationToken cancellationToken)
    {
        var isExempt = IPAddress.TryParse(judged.Message.Connection.RemoteAddress, out var client) && options.ExemptNetworks.Contains(client);
        var plan = DispatchPlan.Of(judged.Message, judged.Verdict, judged.Routing, clock.GetUtcNow(), isExempt);
        if (judged.Message.VerdictTo is not null && (plan.Refuse is not null || plan.Bounce.Count > 0 || judged.Repeated))
        {
            switch (await ClaimAsync(judged, plan, cancellationToken))
            {
                case { Kind: ClaimKind.Withdrawn }:
                    return; // its client was told to try again
                case { Kind: ClaimKind.Refused } refused:
                    plan = DispatchPlan.Refused(new Refusal(refused.ReplyCode, refused.EnhancedStatus ?? "5.7.1", refused.ReplyText ?? ""));
                    break;
                default:
                    plan = DispatchPlan.Of(judged.Message with { VerdictTo = null }, judged.Verdict, judged.Routing, clock.GetUtcNow(), isExempt);
                    break;
            }
        }
        story.Tell(judged, plan);
        if (plan.Refuse is null)
        {
            if (plan.Bounce.Count > 0)
                await notifications.SendAsync(Report(judged.Message, [.. plan.Bounce.Select(Failed)]), cancellationToken);
            if (plan.Expanded.Count > 0)
                await notifications.SendAsync(Report(judged.Message, [.. plan.Expanded.Select(Expanded)]), cancellationToken);
            await CommandAsync(judged, plan, cancellationToken);
        }
        if (judged.Message.VerdictTo is { } session)
            await bus.SendAsync(session, VerdictOf(judged, plan), cancellationToken);
    }

    /// <remarks>
    /// A message that comes again may have been accepted already, its verdict on the way to the session: it can no longer be refused,
    /// unless it was before.
    /// </remarks>
    private Task<MessageClaim> ClaimAsync(JudgedMessage judged, DispatchPlan plan, CancellationToken cancellationToken) =>
        intake.ClaimAsync(judged.Message.MessageId, plan.Refuse is { } refusal && !judged.Repeated
            ? new MessageClaim { Kind = ClaimKind.Refused, ReplyCode = refusal.ReplyCode, EnhancedStatus = refusal.EnhancedStatus, ReplyText = refusal.Text }
            : MessageClaim.Accepted, cancellationToken);

    private async Task CommandAsync(JudgedMessage judged, DispatchPlan plan, CancellationToken cancellationToken)
    {
        var commands = (plan.Deliver.Count > 0 ? 1 : 0) + (plan.Relay.Count > 0 ? 1 : 0);
        intake.Expect(judged.Message.MessageId, Math.Max(1, commands));
        if (commands == 0)
            intake.Settle(judged.Message.MessageId); // all that was to be done is done
        if (plan.Deliver.Count > 0)
            await bus.PublishAsync(DeliverOf(judged, plan), cancellationToken);
        if (plan.Relay.Count > 0)
            await bus.PublishAsync(RelayOf(judged, plan), cancellationToken);
    }

    private DeliverMessage DeliverOf(JudgedMessage judged, DispatchPlan plan) => new()
    {
        MessageId = judged.Message.MessageId,
        TraceParent = judged.TraceParent,
        ReversePath = judged.Message.Envelope.ReversePath,
        Recipients = plan.Deliver,
        Body = judged.Message.Body,
        SizeBytes = judged.Message.SizeBytes,
        HeaderPrefix = _fields.ForDelivery(judged.Message, judged.Verdict),
        Junk = plan.Junk,
        Smtputf8 = judged.Message.Envelope.Smtputf8,
        ReceivedAt = judged.Message.ReceivedAt,
        DsnReturn = judged.Message.Envelope.DsnReturn,
        EnvelopeId = judged.Message.Envelope.EnvelopeId,
        RequireTls = judged.Message.Envelope.RequireTls,
    };

    private RelayMessage RelayOf(JudgedMessage judged, DispatchPlan plan) => new()
    {
        MessageId = judged.Message.MessageId,
        TraceParent = judged.TraceParent,
        ReversePath = judged.Message.Envelope.ReversePath,
        Recipients = plan.Relay,
        Body = judged.Message.Body,
        SizeBytes = judged.Message.SizeBytes,
        HeaderPrefix = _fields.ForRelay(judged.Message, judged.Verdict),
        Smtputf8 = judged.Message.Envelope.Smtputf8,
        EightBitMime = judged.Message.Envelope.EightBitMime,
        ReceivedAt = judged.Message.ReceivedAt,
        DsnReturn = judged.Message.Envelope.DsnReturn,
        EnvelopeId = judged.Message.Envelope.EnvelopeId,
        Priority = judged.Message.Envelope.Priority,
        RequireTls = judged.Message.Envelope.RequireTls,
        DeliverBy = judged.Message.Envelope.DeliverBy,
        DeliverByMode = plan.MayConfirm ? judged.Message.Envelope.DeliverByMode : judged.Message.Envelope.DeliverByMode?.TrimEnd('T'),
    };

    private static MessageVerdict VerdictOf(JudgedMessage judged, DispatchPlan plan) => new()
    {
        MessageId = judged.Message.MessageId,
        Disposition = plan.Disposition,
        ReplyCode = plan.Refuse?.ReplyCode ?? 0,
        EnhancedStatus = plan.Refuse?.EnhancedStatus,
        ReplyText = plan.Refuse?.Text,
        Checks = judged.Verdict.Checks,
    };

    private static StatusReport Report(MessageReceived message, IReadOnlyList<RecipientStatus> recipients) => new()
    {
        MessageId = message.MessageId,
        ReversePath = message.Envelope.ReversePath,
        Body = message.Body,
        ReceivedAt = message.ReceivedAt,
        DsnReturn = message.Envelope.DsnReturn,
        EnvelopeId = message.Envelope.EnvelopeId,
        RequireTls = message.Envelope.RequireTls,
        Priority = message.Envelope.Priority,
        DeliverBy = message.Envelope.DeliverBy,
        Recipients = recipients,
    };

    private RecipientStatus Failed(FailedRecipient recipient) => new()
    {
        Address = recipient.Address,
        ForwardPath = recipient.ForwardPath,
        OriginalRecipient = recipient.OriginalRecipient,
        Action = DsnAction.Failed,
        Status = recipient.Reason.EnhancedStatus,
        Diagnostic = recipient.Reason.Text,
        LastAttemptAt = clock.GetUtcNow(),
    };

    private static RecipientStatus Expanded(RecipientRequest alias) => new()
    {
        Address = alias.ForwardPath,
        OriginalRecipient = alias.OriginalRecipient,
        Action = DsnAction.Expanded,
        Status = "2.0.0",
    };
}
