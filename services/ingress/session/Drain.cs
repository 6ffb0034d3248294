namespace MailMesh.Ingress.Session;

/// <summary>How long a transaction that has begun may go on when the service stops: its message comes once more else, and the client's next try is minutes away.</summary>
internal sealed class Drain(TimeProvider clock)
{
    /// <summary>Well within the half minute that the host gives its services to stop; a client that pauses for longer has lost interest.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _over = new(Timeout.InfiniteTimeSpan, clock);
    private int _watching;

    /// <summary>Signalled so long after <paramref name="stopping"/>, which is the same for all sessions of a process.</summary>
    public CancellationToken After(CancellationToken stopping)
    {
        if (Interlocked.Exchange(ref _watching, 1) == 0)
            stopping.Register(() => _over.CancelAfter(Limit));
        return _over.Token;
    }
}
