using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Hosting;

/// <summary>/health/live: the process answers. /health/ready: what it depends on answers too; the body names what is missing.</summary>
internal static class Health
{
    private const string Well = "Healthy";
    private const string Unwell = "Unhealthy";

    public static void AddHealth(this IServiceCollection services)
    {
        services.AddDependency<DatabaseDependency>();
        services.AddDependency<BlobDependency>();
        services.AddDependency<BusDependency>();
        services.AddSingleton<DependencyWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DependencyWatch>());
    }

    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapGet("/health/live", () => Well);
        app.MapGet("/health/ready", ReadyAsync);
    }

    private static void AddDependency<T>(this IServiceCollection services)
        where T : class, IDependency
    {
        services.AddSingleton<T>();
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<DependencyCheck>(provider, provider.GetRequiredService<T>()));
    }

    private static async Task ReadyAsync(HttpContext http)
    {
        var checks = http.RequestServices.GetServices<DependencyCheck>().ToArray();
        var faults = await Task.WhenAll(checks.Select(check => check.FaultAsync(http.RequestAborted)));
        var isReady = faults.All(fault => fault is null);
        http.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.CacheControl = "no-store";
        await http.Response.WriteAsJsonAsync(new
        {
            status = isReady ? Well : Unwell,
            checks = checks.Zip(faults).ToDictionary(pair => pair.First.Name, pair => pair.Second ?? Well),
        });
    }
}
