using MailMesh.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Hosting;

/// <summary>The bus within one process: a command waits in the queue of its kind, what is for this copy alone is a call of its receiver.</summary>
/// <remarks>Queues are asked for when they are needed: their consumers have the bus themselves.</remarks>
internal sealed class LocalBus(IServiceProvider services, LocalBusOptions options) : IMessageBus, IHostedService
{
    public Task PublishAsync<T>(T message, CancellationToken cancellationToken)
        where T : class
    {
        if (services.GetService<IReceiver<T>>() is { } receiver)
            return receiver.ReceiveAsync(message, cancellationToken);
        services.GetService<LocalQueue<T>>()?.Add(message);
        return Task.CompletedTask;
    }

    public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken)
        where T : class =>
        CopyAddress.Parse(queue).InstanceId == options.InstanceId && services.GetService<IReceiver<T>>() is { } receiver
            ? receiver.ReceiveAsync(message, cancellationToken)
            : Task.CompletedTask; // that copy has gone

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(services.GetServices<ILocalQueue>().Select(queue => queue.StopAsync(options.Drain)));
}

/// <param name="InstanceId">Names this process among the copies of its service.</param>
/// <param name="Drain">Consumers finish what they hold; after this their work is cancelled.</param>
internal sealed record LocalBusOptions(string InstanceId, TimeSpan Drain);
