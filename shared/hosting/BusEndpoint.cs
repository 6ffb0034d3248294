using MassTransit;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Hosting;

/// <summary>A queue that this process consumes from.</summary>
/// <param name="Queue">Name of the queue; of the address where each copy has a queue of its own.</param>
/// <param name="Concurrency">Messages in work at once.</param>
/// <param name="EveryCopy">Each copy receives for itself: the queue lives as long as its process.</param>
internal sealed record BusEndpoint(
    string Queue, int Concurrency, bool EveryCopy, Action<IBusRegistrationConfigurator> Register, Action<IBusRegistrationContext, IReceiveEndpointConfigurator> Configure)
{
    /// <summary>A queue that all copies share.</summary>
    public static BusEndpoint Shared<TConsumer>(string queue, int concurrency)
        where TConsumer : class, IConsumer =>
        new(queue, concurrency, EveryCopy: false, bus => bus.AddConsumer<TConsumer>(), (context, endpoint) => endpoint.ConfigureConsumer<TConsumer>(context));

    /// <summary>A queue of this copy alone.</summary>
    public static BusEndpoint OfCopy<T, TReceiver>(string queue, int concurrency)
        where T : class
        where TReceiver : class, IReceiver<T> =>
        new(queue, concurrency, EveryCopy: true, AddReceiver<T, TReceiver>, (context, endpoint) => endpoint.ConfigureConsumer<ReceiverConsumer<T>>(context));

    private static void AddReceiver<T, TReceiver>(IBusRegistrationConfigurator bus)
        where T : class
        where TReceiver : class, IReceiver<T>
    {
        bus.AddSingleton<IReceiver<T>, TReceiver>();
        bus.AddConsumer<ReceiverConsumer<T>>();
    }
}
