using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Hosting;

/// <summary>The bus within one process.</summary>
/// <remarks>Commands go through MassTransit, with its limits and retries. What is for this copy alone needs neither: its receiver is called.</remarks>
internal sealed class InMemoryBus(IBus bus, IServiceProvider services, string instanceId) : IMessageBus
{
    public static void Configure(
        IInMemoryBusFactoryConfigurator configure, IBusRegistrationContext context, IReadOnlyList<BusEndpoint> endpoints)
    {
        foreach (var endpoint in endpoints.Where(endpoint => !endpoint.EveryCopy))
            configure.ReceiveEndpoint(endpoint.Queue, receive =>
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
        where T : class =>
        services.GetService<IReceiver<T>>()?.ReceiveAsync(message, cancellationToken) ?? bus.Publish(message, cancellationToken);

    public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken)
        where T : class =>
        CopyAddress.Parse(queue).InstanceId == instanceId && services.GetService<IReceiver<T>>() is { } receiver
            ? receiver.ReceiveAsync(message, cancellationToken)
            : Task.CompletedTask; // that copy has gone
}
