using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace MailMesh.OAuth;

/// <summary>Adds tokens to a process, where an issuer is configured.</summary>
public static class OAuthService
{
    /// <exception cref="SettingException">A value is wrong.</exception>
    public static void AddOAuth(this MailMeshBuilder builder)
    {
        if (OAuthOptions.From(builder.Settings) is not { } options)
            return;
        builder.Services.TryAddSingleton(options);
        builder.Services.TryAddSingleton(services => new SigningKeys(
            options, CreateClient(), services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SigningKeys>>()));
        builder.Services.TryAddSingleton<TokenVerifier>();
    }

    /// <summary>A client that reads a key set and no more of what is at a URL.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(2) })
    {
        MaxResponseContentBufferSize = SigningKeys.MaxOctets,
    };
}
