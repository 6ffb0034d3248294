using MailMesh.Contracts;
using MailMesh.Spool;
using MailMesh.Tracking;
using MassTransit;

namespace MailMesh.Relay;

/// <summary>Takes a message over from filtering: its rows are durable before the command is acknowledged.</summary>
internal sealed class RelayMessageConsumer(QueueIntake intake, IMessageIntake spool, TrackingLog tracking) : IConsumer<RelayMessage>
{
    public async Task Consume(ConsumeContext<RelayMessage> context)
    {
        var message = context.Message;
        await intake.AddAsync(message, context.CancellationToken);
        foreach (var recipient in message.Recipients)
            tracking.Record(new TrackingEvent { MessageId = message.MessageId, Service = "relay", Event = "queued", Recipient = recipient.Address });
        spool.Settle(message.MessageId);
    }
}
