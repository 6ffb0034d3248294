using MailMesh.Accounts;
using MailMesh.Contracts;

namespace MailMesh.Filtering;

/// <summary>Where a message's forward-paths lead, after aliases.</summary>
/// <param name="Local">Each account once, by the first path that led to it.</param>
/// <param name="Remote">Each address once.</param>
/// <param name="Unreachable">Forward-paths behind which nobody is.</param>
public sealed record RecipientRouting(
    IReadOnlyList<LocalRecipient> Local, IReadOnlyList<RemoteRecipient> Remote, IReadOnlyList<string> Unreachable)
{
    public bool IsNowhere => Local.Count == 0 && Remote.Count == 0;

    public static async Task<RecipientRouting> ResolveAsync(AccountDirectory directory, IReadOnlyList<string> forwardPaths)
    {
        var local = new Dictionary<long, LocalRecipient>();
        var remote = new Dictionary<string, RemoteRecipient>(StringComparer.OrdinalIgnoreCase);
        var unreachable = new List<string>();
        foreach (var path in forwardPaths)
        {
            var reached = false;
            foreach (var end in await directory.ExpandAsync(path))
            {
                reached |= end is not AddressResolution.Unknown;
                if (end is AddressResolution.LocalAccount account)
                    local.TryAdd(account.AccountId, new LocalRecipient { AccountId = account.AccountId, Address = account.Address, ForwardPath = path });
                else if (end is AddressResolution.Remote other)
                    remote.TryAdd(other.Address, new RemoteRecipient { Address = other.Address, ForwardPath = path });
            }
            if (!reached)
                unreachable.Add(path);
        }
        return new RecipientRouting([.. local.Values], [.. remote.Values], unreachable);
    }
}
