using MailMesh.Contracts;
using MassTransit;

namespace MailMesh.Hosting;

/// <summary>The bus within one process.</summary>
internal sealed class InMemoryBus(IBus bus) : IMessageBus
{
    public static void Configure(
        IInMemoryBusFactoryConfigurator configure, IBusRegistrationContext context, IReadOnlyList<BusEndpoint> endpoints, string instanceId)
    {
        foreach (var endpoint in endpoints)
            configure.ReceiveEndpoint(endpoint.EveryCopy ? CopyAddress.QueueOf(endpoint.Queue, instanceId) : endpoint.Queue, receive =>
            {
                receive.ConcurrentMessageLimit = endpoint.Concurrency;
                receive.PrefetchCount = endpoint.Concurrency * 2;
                // Bounded retries for a dependency that is away for moments; past them the spool, which publishes again
                // what stays unsettled.
                receive.UseMessageRetry(retry => retry.Exponential(5, TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(10), TimeSpan.FromMilliseconds(200)));
                // The spool has every message: an error queue in memory would keep copies that nobody can read.
                receive.DiscardFaultedMessages();
                receive.DiscardSkippedMessages();
                endpoint.Configure(context, receive);
            });
    }

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class => bus.Publish(message, cancellationToken);

    public async Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken)
        where T : class
    {
        var (name, copy) = CopyAddress.Parse(queue);
        var endpoint = await bus.GetSendEndpoint(new Uri($"queue:{CopyAddress.QueueOf(name, copy)}"));
        await endpoint.Send(message, cancellationToken);
    }
}
