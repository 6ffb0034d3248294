using MailMesh.Hosting;
using MailMesh.Spool;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Dsn;

/// <summary>Registers <see cref="NotificationSender"/>; each service that needs it calls this.</summary>
public static class NotificationRegistration
{
    public static void AddNotifications(this MailMeshBuilder builder)
    {
        builder.AddSpool();
        builder.Services.TryAddSingleton<NotificationSender>();
    }
}
