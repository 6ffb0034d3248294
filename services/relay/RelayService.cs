using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Outbound;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Relay;

/// <summary>Composes the service.</summary>
public static class RelayService
{
    /// <summary>Commands in work at once: they gather into few transactions.</summary>
    private const int Concurrency = 256;

    public static void AddRelay(this MailMeshBuilder builder)
    {
        var options = RelayOptions.From(builder.Settings);
        var services = builder.Services;
        builder.AddNotifications();
        services.AddSingleton(options);
        services.AddSingleton(OwnServers.From(builder));
        services.TryAddSingleton<OutboundQueue>();
        services.TryAddSingleton<QueueOperations>();
        services.TryAddSingleton<RelayRoutes>();
        services.AddSingleton<QueueIntake>();
        services.AddSingleton<RelayMetrics>();
        services.AddSingleton(new RetrySchedule(options, Random.Shared));
        services.AddSingleton(s => new ActiveRows(options.ActiveRecipients, s.GetRequiredService<RelayMetrics>(), s.GetRequiredService<OutboundQueue>().SignalWork, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<NextHopResolver>();
        services.AddSingleton<SmtpConnector>();
        services.AddSingleton<Settlement>();
        services.AddSingleton<DeliveryWorker>();
        services.AddHostedService<RelayScheduler>();
        services.AddHostedService<FailureReporter>();
        services.AddHostedService<QueueGauge>();
        builder.Consume<RelayMessage, RelayMessageConsumer>(CommandQueues.Relay, Concurrency);
    }
}
