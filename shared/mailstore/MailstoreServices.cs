using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace MailMesh.Mailstore;

/// <summary>Registers the mailbox model; every service that needs it calls this, the first call counts.</summary>
public static class MailstoreServices
{
    public static void AddMailstore(this IServiceCollection services)
    {
        services.TryAddSingleton<MailboxDirectory>();
        services.TryAddSingleton<MailboxAccess>();
        services.TryAddSingleton<AccessControlList>();
        services.TryAddSingleton<MailboxKeys>();
        services.TryAddSingleton<AccountWatches>();
        services.TryAddSingleton<MailboxAnnotations>();
        services.TryAddSingleton<MailboxStore>();
        services.TryAddSingleton<MailboxSnapshots>();
    }
}
