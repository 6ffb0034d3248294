using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>One attempt's way along the servers of a next hop: each is tried once, the failures are kept.</summary>
internal sealed class ServerWalk(SmtpConnector connector, NextHop.Servers hop, CancellationToken abort)
{
    private readonly List<RecipientResult> _failures = [];
    private IReadOnlyList<Candidate>? _candidates;
    private int _next;

    /// <summary>The server of the last session or failure.</summary>
    public Candidate? Current { get; private set; }

    public bool HasNext => _candidates is null || _next < _candidates.Count;

    /// <summary>A session with the next server that takes one, or null.</summary>
    public async Task<SmtpSession?> OpenNextAsync()
    {
        _candidates ??= await connector.CandidatesAsync(hop, _failures, abort);
        while (_next < _candidates.Count)
        {
            Current = _candidates[_next++];
            try
            {
                return await connector.ConnectAsync(hop, Current, abort);
            }
            catch (SmtpFaultException fault)
            {
                _failures.Add(RecipientResult.Of(fault));
            }
        }
        return null;
    }

    /// <summary>A session that was opened broke off.</summary>
    public void Add(SmtpFaultException fault) => _failures.Add(RecipientResult.Of(fault));

    /// <summary>Why no server took the mail: final only when every server said so.</summary>
    public RecipientResult Failure => _failures.FindLast(f => f.Kind == ResultKind.Deferred) ?? _failures[^1];

    /// <summary>A session was opened with a server that does not promise what the message needs.</summary>
    public void Add(RecipientResult unfit) => _failures.Add(unfit);

    public AttemptPlace Place(SmtpSession? session) =>
        new(Current?.Host, Current?.EndPoint.ToString(), session?.Tls) { TakesDsn = session?.Capabilities.Dsn ?? false };
}
