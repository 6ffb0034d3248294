using MailMesh.Contracts;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>The bus port on MassTransit.</summary>
internal sealed class MassTransitBus(IBus bus) : IMessageBus
{
    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class => bus.Publish(message, cancellationToken);

    public async Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        var endpoint = await bus.GetSendEndpoint(queue);
        await endpoint.Send(message, cancellationToken);
    }
}
