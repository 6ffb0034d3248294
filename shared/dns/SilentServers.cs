namespace MailMesh.Dns;

/// <summary>
/// Knows when no DNS server answers at all, as in a closed network: then questions fail at once for some seconds, in place of
/// holding every message for the length of a time-out.
/// </summary>
internal sealed class SilentServers(TimeProvider clock)
{
    /// <summary>One dead zone takes several questions; this many in a row without any answer is the servers' silence.</summary>
    private const int Threshold = 8;

    /// <summary>Servers that never answered since the start get less patience.</summary>
    private const int FirstThreshold = 2;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly Lock _gate = new();
    private bool _everAnswered;
    private int _inRow;
    private TimeSpan _pause = ShortestPause;
    private DateTimeOffset _until;

    /// <summary>True while questions fail at once; after each pause one question alone goes out to see.</summary>
    public bool Now
    {
        get
        {
            if (Volatile.Read(ref _inRow) < FirstThreshold)
                return false;
            lock (_gate)
            {
                if (!IsSilence)
                    return false;
                var now = clock.GetUtcNow();
                if (now < _until)
                    return true;
                Pause(now);
                return false;
            }
        }
    }

    private bool IsSilence => _inRow >= (_everAnswered ? Threshold : FirstThreshold);

    public void Answered()
    {
        if (_everAnswered && Volatile.Read(ref _inRow) == 0)
            return;
        lock (_gate)
        {
            _everAnswered = true;
            _inRow = 0;
            _pause = ShortestPause;
        }
    }

    public void Silent()
    {
        lock (_gate)
        {
            _inRow++;
            var now = clock.GetUtcNow();
            if (IsSilence && now >= _until)
                Pause(now);
        }
    }

    private void Pause(DateTimeOffset now)
    {
        _until = now + _pause;
        _pause = _pause * 2 < LongestPause ? _pause * 2 : LongestPause;
    }
}
