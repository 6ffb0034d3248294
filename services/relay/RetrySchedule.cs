namespace MailMesh.Relay;

/// <summary>When to try again, when to warn, when to give up (RFC 5321 §4.5.4.1).</summary>
internal sealed class RetrySchedule(RelayOptions options, Random random)
{
    /// <summary>Share of the wait by which it varies, so that mail deferred together does not come back together.</summary>
    private const double Jitter = 0.1;

    /// <summary>So much sooner than a destination is one of our own engines expected back.</summary>
    private const int OursIsSooner = 10;

    /// <param name="attempts">Attempts made before the one that has just failed.</param>
    /// <param name="receivedAt">When MailMesh took the message.</param>
    /// <param name="now">When the attempt failed.</param>
    /// <param name="isOurs">An engine of ours was at fault.</param>
    public DateTimeOffset Next(int attempts, DateTimeOffset receivedAt, DateTimeOffset now, bool isOurs = false)
    {
        var doubled = options.MinBackoff.TotalSeconds / (isOurs ? OursIsSooner : 1) * Math.Pow(2, Math.Min(attempts, 30));
        var wait = Math.Min(doubled, options.MaxBackoff.TotalSeconds) * (1 + (Jitter * ((2 * random.NextDouble()) - 1)));
        var next = now + TimeSpan.FromSeconds(wait);
        var end = receivedAt + options.GiveUpAfter;
        return next > end && end > now ? end : next; // a last attempt just before giving up
    }

    public bool IsExpired(DateTimeOffset receivedAt, DateTimeOffset now) => now - receivedAt >= options.GiveUpAfter;

    public bool IsLate(DateTimeOffset receivedAt, DateTimeOffset now) => now - receivedAt >= options.WarnAfter;

    public DateTimeOffset GivesUpAt(DateTimeOffset receivedAt) => receivedAt + options.GiveUpAfter;
}
