using MassTransit;

namespace MailMesh.Hosting;

/// <summary>A queue that this process consumes from.</summary>
/// <param name="Queue">Name of the queue; of the address where each copy has a queue of its own.</param>
/// <param name="Concurrency">Messages in work at once.</param>
/// <param name="EveryCopy">Each copy receives for itself: the queue lives as long as its process.</param>
internal sealed record BusEndpoint(
    string Queue, int Concurrency, bool EveryCopy, Action<IBusRegistrationConfigurator> Register, Action<IBusRegistrationContext, IReceiveEndpointConfigurator> Configure)
{
    public static BusEndpoint Of<TConsumer>(string queue, int concurrency, bool everyCopy)
        where TConsumer : class, IConsumer =>
        new(queue, concurrency, everyCopy, bus => bus.AddConsumer<TConsumer>(), (context, endpoint) => endpoint.ConfigureConsumer<TConsumer>(context));
}
