using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Bans;

/// <summary>Adds bans to a process.</summary>
public static class BansService
{
    public static void AddBans(this MailMeshBuilder builder)
    {
        builder.Services.TryAddSingleton(BanOptions.From(builder.Settings));
        builder.Services.TryAddSingleton<BanList>();
        builder.Services.TryAddSingleton<LoginGuard>();
    }
}
