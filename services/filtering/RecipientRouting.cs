using MailMesh.Accounts;
using MailMesh.Contracts;
using MailMesh.Dsn;

namespace MailMesh.Filtering;

/// <summary>Where a message's forward-paths lead, after aliases.</summary>
/// <param name="Local">Each account once, by the first path that led to it.</param>
/// <param name="Remote">Each address once.</param>
/// <param name="Unreachable">Forward-paths behind which nobody is.</param>
public sealed record RecipientRouting(
    IReadOnlyList<LocalRecipient> Local, IReadOnlyList<RemoteRecipient> Remote, IReadOnlyList<string> Unreachable)
{
    /// <summary>Aliases for several, whose sender is to hear of success: from here, for those behind them are not told of (RFC 3461 §5.2.7.3).</summary>
    public IReadOnlyList<RecipientRequest> Expanded { get; init; } = [];

    public bool IsNowhere => Local.Count == 0 && Remote.Count == 0;

    /// <param name="requests">What the sender asked for the paths; every one may be absent.</param>
    public static async Task<RecipientRouting> ResolveAsync(
        AccountDirectory directory, IReadOnlyList<string> forwardPaths, IReadOnlyList<RecipientRequest>? requests = null)
    {
        var asked = new RecipientRequests(requests ?? []);
        var local = new Dictionary<long, LocalRecipient>();
        var remote = new Dictionary<string, RemoteRecipient>(StringComparer.OrdinalIgnoreCase);
        var unreachable = new List<string>();
        var expanded = new List<RecipientRequest>();
        foreach (var path in forwardPaths)
        {
            var ends = (await directory.ExpandAsync(path)).Where(end => end is not AddressResolution.Unknown).ToList();
            var request = asked.Of(path);
            if (ends.Count == 0)
                unreachable.Add(path);
            if (ends.Count > 1 && NotifyConditions.Of(request.Notify).Success)
            {
                expanded.Add(request);
                request = request with { Notify = RecipientRequests.WithoutSuccess(request.Notify) };
            }
            foreach (var end in ends)
            {
                if (end is AddressResolution.LocalAccount account)
                    local.TryAdd(account.AccountId, ToLocal(account, path, request));
                else if (end is AddressResolution.Remote other)
                    remote.TryAdd(other.Address, ToRemote(other, path, request));
            }
        }
        return new RecipientRouting([.. local.Values], [.. remote.Values], unreachable) { Expanded = expanded };
    }

    private static LocalRecipient ToLocal(AddressResolution.LocalAccount account, string path, RecipientRequest request) => new()
    {
        AccountId = account.AccountId,
        Address = account.Address,
        ForwardPath = path,
        Notify = request.Notify,
        OriginalRecipient = request.OriginalRecipient,
    };

    private static RemoteRecipient ToRemote(AddressResolution.Remote other, string path, RecipientRequest request) => new()
    {
        Address = other.Address,
        ForwardPath = path,
        Notify = request.Notify,
        OriginalRecipient = request.OriginalRecipient,
    };
}
