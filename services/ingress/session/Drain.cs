namespace MailMesh.Ingress.Session;

/// <summary>How long a transaction that has begun may go on when the service stops: cut off, it would begin again minutes later.</summary>
internal sealed class Drain(TimeProvider clock)
{
    /// <summary>Well within the half minute that the host gives its services to stop; a client that pauses for longer has lost interest.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private CancellationToken? _over;

    /// <summary>Signalled so long after <paramref name="stopping"/>, which is the same for all sessions of a process.</summary>
    public CancellationToken After(CancellationToken stopping)
    {
        lock (_gate)
            return _over ??= Watch(stopping);
    }

    private CancellationToken Watch(CancellationToken stopping)
    {
        var over = new CancellationTokenSource(); // lives as long as the process
        stopping.Register(() => _ = CancelLaterAsync(over));
        return over.Token;
    }

    private async Task CancelLaterAsync(CancellationTokenSource over)
    {
        await Task.Delay(Limit, clock);
        await over.CancelAsync();
    }
}
