using MailMesh.Contracts;
using MailMesh.Dsn;

namespace MailMesh.Filtering;

/// <summary>What the sender asked for each forward-path (RFC 3461 §4), and what of it holds behind an alias.</summary>
internal sealed class RecipientRequests
{
    private static readonly RecipientRequest Nothing = new() { ForwardPath = "" };

    private readonly Dictionary<string, RecipientRequest> _requests = new(StringComparer.Ordinal);

    public RecipientRequests(IEnumerable<RecipientRequest> requests)
    {
        foreach (var request in requests)
            _requests.TryAdd(request.ForwardPath, request);
    }

    /// <summary>Where the sender asked for nothing, a request of nothing.</summary>
    public RecipientRequest Of(string forwardPath) => _requests.GetValueOrDefault(forwardPath, Nothing);

    /// <summary>NOTIFY without SUCCESS; null stays null.</summary>
    public static string? WithoutSuccess(string? notify) =>
        notify is null ? null : (NotifyConditions.Of(notify) with { Success = false }).ToString();
}
