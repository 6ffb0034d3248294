using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using MailMesh.Search;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Access.Imap;

/// <summary>Adds IMAP to a process.</summary>
internal static class ImapListeners
{
    /// <summary>The listener without TLS from the first octet.</summary>
    public const string Clear = "imap";

    /// <summary>MailboxChanged events in work at once; each only looks up a table.</summary>
    private const int Events = 64;

    public static void AddImap(this MailMeshBuilder builder)
    {
        builder.Services.AddSingleton(ImapOptions.From(builder.Settings));
        builder.Services.AddSingleton(services => new MailboxSnapshotOptions { RememberedMessages = services.GetRequiredService<ImapOptions>().RememberedMessages });
        builder.Services.TryAddSingleton<TextIndex>();
        builder.Services.AddSingleton<ImapBackend>();
        builder.Services.AddSingleton<ImapServer>();
        builder.Services.AddHostedService<SnapshotCatchUp>();
        builder.ReceiveInEveryCopy<MailboxChanged, MailboxChangedReceiver>("access", Events);
        builder.Listen(new Listener(Clear, 2143, ImplicitTls: false, Serve) { IsForUsers = true });
        builder.Listen(new Listener("imaps", 2993, ImplicitTls: true, Serve) { IsForUsers = true });
    }

    private static SessionDelegate Serve(IServiceProvider services) => services.GetRequiredService<ImapServer>().ServeAsync;
}
