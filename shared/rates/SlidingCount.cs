namespace MailMesh.Rates;

/// <summary>One subject's count within a window that slides, in parts of it; the oldest part counts by the share of it that is still within.</summary>
/// <remarks>Not safe for threads: <see cref="RateLimiter"/> guards it.</remarks>
internal sealed class SlidingCount(string key, TimeSpan window)
{
    /// <summary>Parts of a window: a count is off by a part of it at most, four hours of a day.</summary>
    public const int Parts = 6;

    /// <summary>The window's parts, the one that leaves it, and one for a copy whose clock is ahead.</summary>
    private readonly Part[] _parts = new Part[Parts + 2];

    private readonly long _span = Math.Max(1, (long)window.TotalMilliseconds / Parts);

    /// <summary>The window and who is counted: the subject of its rows.</summary>
    public string Key => key;

    /// <summary>The moment since which counts matter, in Unix milliseconds.</summary>
    public long Begin(long now) => ((now / _span) - Parts) * _span;

    public long Total(long now)
    {
        var current = now / _span;
        var total = 0L;
        foreach (var part in _parts)
        {
            if (part.Index > current - Parts)
                total += part.Known + part.Pending;
            else if (part.Index == current - Parts)
                total += (part.Known + part.Pending) * (_span - (now % _span)) / _span;
        }
        return total;
    }

    public void Add(long now, long amount) => At(now / _span).Pending += amount;

    /// <summary>What the database has not been told: the beginning of each part and its count.</summary>
    public IEnumerable<(long Since, long Count)> Pending() =>
        from part in _parts where part.Pending != 0 select (part.Index * _span, part.Pending);

    /// <summary>The database has been told <paramref name="count"/>.</summary>
    public void Written(long since, long count)
    {
        ref var part = ref _parts[since / _span % _parts.Length];
        if (part.Index != since / _span)
            return; // its time has passed
        part.Pending -= count;
        part.Known += count;
    }

    /// <summary>What the database has of all copies together.</summary>
    public void Learn(long now, long since, long count)
    {
        // What is older than the window, or of a clock that is far off, must not push out what counts.
        var index = since / _span;
        if (since % _span == 0 && index >= (now / _span) - Parts && index <= (now / _span) + 1)
            At(index).Known = count;
    }

    private ref Part At(long index)
    {
        ref var part = ref _parts[index % _parts.Length];
        if (part.Index != index)
            part = new Part { Index = index };
        return ref part;
    }

    private struct Part
    {
        public long Index;

        /// <summary>In the database, of all copies, as last read.</summary>
        public long Known;

        /// <summary>Counted here and not yet in the database.</summary>
        public long Pending;
    }
}
