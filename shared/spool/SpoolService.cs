using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Spool;

/// <summary>Composes the spool.</summary>
public static class SpoolService
{
    /// <summary>Adds the spool once, however many services of the process ask for it.</summary>
    public static void AddSpool(this MailMeshBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IMessageIntake)))
            return;
        builder.Services.AddSingleton(SpoolOptions.From(builder.Settings));
        builder.Services.AddSingleton<DatabaseSpool>();
        builder.Services.AddSingleton<IMessageIntake>(services => services.GetRequiredService<DatabaseSpool>());
        builder.Services.AddHostedService<SpoolSweep>();
    }
}
