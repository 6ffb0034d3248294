using MailMesh.Blobs;
using MailMesh.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MailMesh.Hosting;

/// <summary>/health/live: the process answers. /health/ready: what it depends on answers too; the body names what is missing.</summary>
internal static class Health
{
    public static void AddHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseHealth>("database")
        .AddCheck<BlobHealth>("blobs");

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions
        {
            ResponseWriter = (http, report) => http.Response.WriteAsJsonAsync(new
            {
                status = report.Status.ToString(),
                checks = report.Entries.ToDictionary(e => e.Key, e => e.Value.Description ?? e.Value.Status.ToString()),
            }),
        });
    }

    private sealed class DatabaseHealth(MailDatabase database) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM domains"));
                return HealthCheckResult.Healthy();
            }
            catch (Exception failure)
            {
                return HealthCheckResult.Unhealthy(failure.Message);
            }
        }
    }

    private sealed class BlobHealth(IBlobStore blobs) : IHealthCheck
    {
        public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
        {
            try
            {
                await blobs.CheckAsync(cancellationToken);
                return HealthCheckResult.Healthy();
            }
            catch (Exception failure)
            {
                return HealthCheckResult.Unhealthy(failure.Message);
            }
        }
    }
}
