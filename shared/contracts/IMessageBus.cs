namespace MailMesh.Contracts;

/// <summary>The way onto the bus for everything that is not a consumer. Two ship: in-process, and RabbitMQ.</summary>
public interface IMessageBus
{
    /// <summary>Publishes an event or command to every queue that takes it; durable when this completes, where the bus is.</summary>
    Task PublishAsync<T>(T message, CancellationToken cancellationToken = default)
        where T : class;

    /// <summary>Sends to one copy of a service, such as the ingress that waits for a verdict; vanishes where that copy has gone.</summary>
    /// <param name="queue">The address that the copy gave.</param>
    Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken = default)
        where T : class;
}
