namespace MailMesh.Hosting;

/// <summary>One line for all that fail alike, every ten seconds at most.</summary>
internal sealed class NowAndThen
{
    private const int Milliseconds = 10_000;

    private long _toldAt = Environment.TickCount64 - Milliseconds;

    /// <summary>True for one caller at a time: it tells.</summary>
    public bool IsTime()
    {
        var told = Volatile.Read(ref _toldAt);
        var now = Environment.TickCount64;
        return now - told >= Milliseconds && Interlocked.CompareExchange(ref _toldAt, now, told) == told;
    }
}
