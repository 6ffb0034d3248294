using MailMesh.Contracts;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>The contract that a message of the bus carries.</summary>
internal static class OurMessage
{
    /// <summary>Null where it carries none of ours.</summary>
    public static object? In(ConsumeContext context) =>
        context.TryGetMessage<MessageReceived>(out var received) ? received.Message
        : context.TryGetMessage<DeliverMessage>(out var deliver) ? deliver.Message
        : context.TryGetMessage<RelayMessage>(out var relay) ? relay.Message
        : context.TryGetMessage<MessageVerdict>(out var verdict) ? verdict.Message
        : context.TryGetMessage<MailboxChanged>(out var changed) ? changed.Message
        : null;

    /// <summary>The id of the mail message that a command is about; null where it cannot be read.</summary>
    public static string? MailIdIn(ConsumeContext context)
    {
        try
        {
            return In(context) switch
            {
                MessageReceived received => received.MessageId,
                DeliverMessage deliver => deliver.MessageId,
                RelayMessage relay => relay.MessageId,
                _ => null,
            };
        }
        catch (Exception)
        {
            return null; // JSON that is no such contract
        }
    }
}
