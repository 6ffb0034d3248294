using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Spool;
using MailMesh.Tracking;

namespace MailMesh.Relay;

/// <summary>Takes a message over from filtering: its rows are durable before the command is acknowledged.</summary>
internal sealed class RelayMessageConsumer(QueueIntake intake, IMessageIntake spool, TrackingLog tracking) : ICommandConsumer<RelayMessage>
{
    public async Task ConsumeAsync(RelayMessage message, bool isRepeated, CancellationToken cancellationToken)
    {
        await intake.AddAsync(message, cancellationToken);
        foreach (var recipient in message.Recipients)
            tracking.Record(new TrackingEvent { MessageId = message.MessageId, Service = "relay", Event = "queued", Recipient = recipient.Address });
        spool.Settle(message.MessageId);
    }
}
