namespace MailMesh.Dns;

/// <summary>
/// Knows when no DNS server answers at all, as in a closed network: then questions fail at once for some seconds, in place of
/// holding every message for the length of a time-out.
/// </summary>
internal sealed class SilentServers(TimeProvider clock)
{
    /// <summary>One dead zone takes several questions; this many in a row without any answer is the servers' silence.</summary>
    private const int Threshold = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private int _inRow;
    private long _until;

    /// <summary>True while questions fail at once; after each pause one question alone goes out to see.</summary>
    public bool Now
    {
        get
        {
            if (Volatile.Read(ref _inRow) < Threshold)
                return false;
            var until = Volatile.Read(ref _until);
            var now = clock.GetUtcNow().Ticks;
            return now < until || Interlocked.CompareExchange(ref _until, now + Pause.Ticks, until) != until;
        }
    }

    public void Answered() => Volatile.Write(ref _inRow, 0);

    public void Silent()
    {
        if (Interlocked.Increment(ref _inRow) >= Threshold)
            Volatile.Write(ref _until, (clock.GetUtcNow() + Pause).Ticks);
    }
}
