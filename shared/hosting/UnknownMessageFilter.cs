using MassTransit;
using MassTransit.Middleware.Rescue;
using MassTransit.Transports;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>A message that no consumer of its queue takes goes to the error queue, whole, as one that fails does.</summary>
internal sealed partial class UnknownMessageFilter(string queue, ILogger log) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var failure = new MessageNotConsumedException(context.InputAddress, "No consumer of this queue takes a message of this type.");
        if (!context.TryGetPayload<IErrorTransport>(out var errors))
            throw failure; // gives it back to the queue
        LogUnknown(log, queue, context.GetMessageId());
        await errors.Send(new RescueExceptionReceiveContext(context, failure));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("unknown");

    [LoggerMessage(1023, LogLevel.Error, "A message that nobody takes goes from the queue {Queue} to its error queue, bus message {BusMessageId}")]
    private static partial void LogUnknown(ILogger log, string queue, Guid? busMessageId);
}
