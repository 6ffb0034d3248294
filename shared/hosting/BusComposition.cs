using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Composes the bus: within this process, or on the broker of a mesh.</summary>
internal static class BusComposition
{
    /// <summary>Consumers finish what they hold; after this their work is cancelled, and goes back to its queue.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(15);

    /// <param name="endpoints">What this process consumes.</param>
    /// <param name="mesh">Null: within this process.</param>
    /// <param name="instanceId">Names this process among the copies of its service.</param>
    public static void AddBus(this IServiceCollection services, IReadOnlyList<BusEndpoint> endpoints, MeshOptions? mesh, string instanceId)
    {
        foreach (var endpoint in endpoints)
            endpoint.AddTo(services);
        if (mesh is null)
            services.AddLocalBus(instanceId);
        else
            services.AddRabbitMq(endpoints, mesh, instanceId);
    }

    private static void AddLocalBus(this IServiceCollection services, string instanceId)
    {
        services.AddSingleton(new LocalBusOptions(instanceId, Drain));
        services.AddSingleton<LocalBus>();
        services.AddSingleton<IMessageBus>(provider => provider.GetRequiredService<LocalBus>());
        services.AddHostedService(provider => provider.GetRequiredService<LocalBus>());
        services.AddSingleton<IAccountEvents, LocalAccountEvents>();
    }

    private static void AddRabbitMq(this IServiceCollection services, IReadOnlyList<BusEndpoint> endpoints, MeshOptions mesh, string instanceId)
    {
        services.Configure<MassTransitHostOptions>(host =>
        {
            // A broker may come later: readiness says so, and nothing waits for it.
            host.WaitUntilStarted = false;
            host.ConsumerStopTimeout = Drain;
            host.StopTimeout = Stop;
        });
        // What fails is told by FaultFilter, once; a connection that fails by DependencyWatch.
        services.AddLogging(logging => logging.AddFilter("MassTransit", LogLevel.Error).AddFilter("MassTransit.ReceiveTransport", LogLevel.None));
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry(); // a mail server tells nobody what it does
            foreach (var endpoint in endpoints)
                endpoint.Register(bus);
            bus.UsingRabbitMq((context, configure) => RabbitMqBus.Configure(configure, context, endpoints, mesh.RabbitMq, instanceId));
        });
        services.AddSingleton<CopyQueues>();
        services.AddSingleton<IMessageBus, RabbitMqBus>();
        services.AddSingleton<MailboxAnnouncements>();
        services.AddHostedService(provider => provider.GetRequiredService<MailboxAnnouncements>());
        services.AddSingleton(provider => new AccountBindings(
            mesh.RabbitMq, instanceId, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<AccountBindings>>()));
        services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<AccountBindings>());
        if (endpoints.Any(endpoint => endpoint.Queue == RabbitMqBus.Events))
            services.AddHostedService(provider => provider.GetRequiredService<AccountBindings>());
    }
}
