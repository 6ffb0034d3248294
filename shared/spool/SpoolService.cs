using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Spool;

/// <summary>Composes the spool.</summary>
public static class SpoolService
{
    /// <summary>Adds the intake once, however many services of the process ask for it.</summary>
    public static void AddSpool(this MailMeshBuilder builder)
    {
        if (builder.Services.Any(service => service.ServiceType == typeof(IMessageIntake)))
            return;
        if (builder.Options.Mesh is not null)
        {
            builder.Services.AddSingleton<IMessageIntake, BrokerIntake>();
            return;
        }
        builder.Services.AddSingleton(SpoolOptions.From(builder.Settings));
        builder.Services.AddSingleton<DatabaseSpool>();
        builder.Services.AddSingleton<IMessageIntake>(services => services.GetRequiredService<DatabaseSpool>());
        builder.Services.AddHostedService<SpoolSweep>();
    }
}
