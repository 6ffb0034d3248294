using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>A queue that this process consumes from.</summary>
/// <param name="Queue">Name of the queue; of the address where each copy has a queue of its own.</param>
/// <param name="Concurrency">Messages in work at once.</param>
/// <param name="EveryCopy">Each copy receives for itself: the queue lives as long as its process.</param>
internal sealed record BusEndpoint(string Queue, int Concurrency, bool EveryCopy)
{
    /// <summary>What takes the messages, with its queue where the bus is within this process.</summary>
    public required Action<IServiceCollection> AddTo { get; init; }

    /// <summary>MassTransit's consumer in front of it.</summary>
    public required Action<IBusRegistrationConfigurator> Register { get; init; }

    public required Action<IBusRegistrationContext, IReceiveEndpointConfigurator> Configure { get; init; }

    /// <summary>A queue that all copies share.</summary>
    public static BusEndpoint Shared<T, TConsumer>(string queue, int concurrency)
        where T : class
        where TConsumer : class, ICommandConsumer<T> => new(queue, concurrency, EveryCopy: false)
        {
            AddTo = services =>
            {
                services.AddSingleton<ICommandConsumer<T>, TConsumer>();
                services.AddSingleton(provider => new LocalQueue<T>(
                    queue, concurrency, provider.GetRequiredService<ICommandConsumer<T>>(), provider.GetRequiredService<ILogger<LocalQueue<T>>>()));
                services.AddSingleton<ILocalQueue>(provider => provider.GetRequiredService<LocalQueue<T>>());
            },
            Register = bus => bus.AddConsumer<CommandConsumer<T>>(),
            Configure = (context, endpoint) => endpoint.ConfigureConsumer<CommandConsumer<T>>(context),
        };

    /// <summary>A queue of this copy alone.</summary>
    public static BusEndpoint OfCopy<T, TReceiver>(string queue, int concurrency)
        where T : class
        where TReceiver : class, IReceiver<T> => new(queue, concurrency, EveryCopy: true)
        {
            AddTo = services => services.AddSingleton<IReceiver<T>, TReceiver>(),
            Register = bus => bus.AddConsumer<ReceiverConsumer<T>>(),
            Configure = (context, endpoint) => endpoint.ConfigureConsumer<ReceiverConsumer<T>>(context),
        };
}
