using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Hands what the broker brings to its receiver.</summary>
internal sealed class ReceiverConsumer<T>(IReceiver<T> receiver) : IConsumer<T>
    where T : class
{
    public Task Consume(ConsumeContext<T> context) => receiver.ReceiveAsync(context.Message, context.CancellationToken);
}
