using MailMesh.Bans;
using MailMesh.Hosting;
using MailMesh.OAuth;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Sasl;

/// <summary>Adds authentication to a process, with its bans and tokens.</summary>
public static class SaslService
{
    /// <exception cref="SettingException">A value is wrong.</exception>
    public static void AddSasl(this MailMeshBuilder builder)
    {
        builder.AddBans();
        builder.AddOAuth();
        builder.Services.TryAddSingleton(SaslOptions.From(builder.Settings));
        builder.Services.TryAddSingleton<SaslServer>();
    }
}
