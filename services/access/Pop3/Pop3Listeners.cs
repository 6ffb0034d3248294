using MailMesh.Database;
using MailMesh.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Access.Pop3;

/// <summary>Composes the POP3 half of the service.</summary>
internal static class Pop3Listeners
{
    /// <summary>The listener without TLS from the first octet.</summary>
    public const string Clear = "pop3";

    public static void AddPop3(this MailMeshBuilder builder)
    {
        builder.Services.AddSingleton(Pop3Options.From(builder.Settings));
        builder.Services.TryAddSingleton<Leases>();
        builder.Services.AddSingleton<Pop3Backend>();
        builder.Services.AddSingleton<Pop3Server>();
        builder.Listen(new Listener(Clear, 2110, ImplicitTls: false, Sessions) { IsForUsers = true });
        builder.Listen(new Listener("pop3s", 2995, ImplicitTls: true, Sessions) { IsForUsers = true });
    }

    private static SessionDelegate Sessions(IServiceProvider services) => services.GetRequiredService<Pop3Server>().ServeAsync;
}
