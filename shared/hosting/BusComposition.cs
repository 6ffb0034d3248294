using MailMesh.Contracts;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailMesh.Hosting;

/// <summary>Composes the bus: in memory, or on the broker of a mesh.</summary>
internal static class BusComposition
{
    /// <summary>Consumers finish what they hold; after this their work is cancelled, and goes back to its queue.</summary>
    private static readonly TimeSpan Drain = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Stop = TimeSpan.FromSeconds(15);

    /// <param name="endpoints">What this process consumes.</param>
    /// <param name="mesh">Null: in memory.</param>
    /// <param name="instanceId">Names this process among the copies of its service.</param>
    public static void AddBus(this IServiceCollection services, IReadOnlyList<BusEndpoint> endpoints, MeshOptions? mesh, string instanceId)
    {
        services.Configure<MassTransitHostOptions>(host =>
        {
            // In memory 'ready' includes the bus. A broker may come later: readiness says so, and nothing waits for it.
            host.WaitUntilStarted = mesh is null;
            if (mesh is null)
                return;
            host.ConsumerStopTimeout = Drain;
            host.StopTimeout = Stop;
        });
        // What fails is told by FaultFilter, once; a connection that fails by DependencyWatch.
        services.AddLogging(logging => logging
            .AddFilter("MassTransit", mesh is null ? LogLevel.Warning : LogLevel.Error)
            .AddFilter("MassTransit.ReceiveTransport", mesh is null ? LogLevel.Warning : LogLevel.None));
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry(); // a mail server tells nobody what it does
            foreach (var endpoint in endpoints)
                endpoint.Register(bus);
            if (mesh is null)
                bus.UsingInMemory((context, configure) => InMemoryBus.Configure(configure, context, endpoints));
            else
                bus.UsingRabbitMq((context, configure) => RabbitMqBus.Configure(configure, context, endpoints, mesh.RabbitMq, instanceId));
        });
        if (mesh is null)
        {
            services.AddSingleton<IMessageBus>(provider => new InMemoryBus(provider.GetRequiredService<IBus>(), provider, instanceId));
            services.AddSingleton<IAccountEvents, LocalAccountEvents>();
            return;
        }
        services.AddSingleton<IMessageBus, RabbitMqBus>();
        services.AddSingleton<MailboxAnnouncements>();
        services.AddHostedService(provider => provider.GetRequiredService<MailboxAnnouncements>());
        services.AddSingleton(provider => new AccountBindings(mesh.RabbitMq, instanceId, provider.GetRequiredService<ILogger<AccountBindings>>()));
        services.AddSingleton<IAccountEvents>(provider => provider.GetRequiredService<AccountBindings>());
        if (endpoints.Any(endpoint => endpoint.Queue == RabbitMqBus.Events))
            services.AddHostedService(provider => provider.GetRequiredService<AccountBindings>());
    }
}
