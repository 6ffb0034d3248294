using System.Net.Sockets;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client.Exceptions;

namespace MailMesh.Hosting;

/// <summary>Whether the bus works, and if not, what an operator is to look at; no secret is in the text.</summary>
public sealed class BusHealth(IBusControl bus, MailMeshOptions options) : IHealthCheck
{
    private static readonly string Setting = SettingException.NameOf(MeshOptions.RabbitMqKey);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = bus.CheckHealth();
        return Task.FromResult(health.Status == BusHealthStatus.Healthy
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(Explain(Faults(health), options.Mesh?.RabbitMq)));
    }

    /// <summary>The fault in a line.</summary>
    internal static string Explain(IEnumerable<Exception> faults, Uri? broker)
    {
        var causes = faults.SelectMany(Chain).ToArray();
        var place = broker is null ? "" : $" {broker.Host}:{RabbitMqBus.PortOf(broker)}";
        var vhost = broker is null ? "" : RabbitMqBus.VirtualHostOf(broker);
        if (causes.OfType<AuthenticationFailureException>().Any() || causes.OfType<PossibleAuthenticationFailureException>().Any())
            return $"the broker{place} refuses the user or its password: {Setting}";
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault(interrupted => interrupted.ShutdownReason is not null) is { ShutdownReason: { } reason })
            return reason.ReplyCode switch
            {
                403 => $"the broker's user has not the permissions to configure, write and read in the virtual host '{vhost}': {reason.ReplyText}",
                530 => $"the broker's virtual host '{vhost}' does not exist, or is closed to the user: {Setting}",
                406 => $"a queue or exchange of the broker was declared by somebody else in another way: {reason.ReplyText}",
                _ => $"the broker{place} closed the connection: {reason.ReplyText}",
            };
        if (causes.OfType<System.Security.Authentication.AuthenticationException>().FirstOrDefault() is { } tls)
            return $"the broker{place} does not speak TLS as expected: {tls.Message}";
        if (causes.OfType<SocketException>().FirstOrDefault() is { } socket)
            return $"the broker{place} cannot be reached: {socket.Message} ({Setting})";
        return causes.Length == 0 ? $"the broker{place} is not connected yet" : $"the broker{place} is away: {causes[^1].Message}";
    }

    private static IEnumerable<Exception> Faults(BusHealthResult health) =>
        health.Endpoints.Values.Select(endpoint => endpoint.Exception).Append(health.Exception).OfType<Exception>();

    private static IEnumerable<Exception> Chain(Exception fault)
    {
        for (var at = fault; at is not null; at = at.InnerException)
        {
            yield return at;
            if (at is AggregateException { InnerExceptions.Count: > 1 } several)
            {
                foreach (var other in several.InnerExceptions.Skip(1).SelectMany(Chain))
                    yield return other;
            }
        }
    }
}
