using MailMesh.Database;
using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailMesh.Rates;

/// <summary>Adds rates to a process.</summary>
public static class RatesService
{
    /// <summary>Adds them once, however many services of the process ask for it.</summary>
    public static void AddRates(this MailMeshBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(RateLimiter)))
            return;
        builder.Services.AddSingleton(services => new RateLimiter(
            services.GetRequiredService<MailDatabase>(), builder.InstanceId, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<RateLimiter>>()));
        builder.Services.AddHostedService<RateExchange>();
    }
}
