using System.Net;
using MailMesh.Rates;
using MailMesh.Wire;

namespace MailMesh.Ingress.Policy;

/// <summary>Slows down who tries names: each unknown recipient of a session, or of a client network within an hour, makes the next refusal slower.</summary>
internal sealed class Tarpit(RateLimiter rates, PolicyOptions options)
{
    /// <summary>A mailing list may have one or two readers who are gone.</summary>
    private const int Free = 2;

    /// <summary>A refusal that comes still later costs us a session too, and the attack has become slow enough.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(5);

    /// <summary>The window of the client's network; nothing is ever refused by it, so its limit means nothing.</summary>
    private static readonly Rate Memory = new(long.MaxValue, TimeSpan.FromHours(1));

    /// <summary>Counts an unknown recipient, and says how long its refusal waits.</summary>
    /// <param name="inSession">Unknown recipients of the session, this one among them.</param>
    public TimeSpan DelayOf(IPAddress client, int inSession)
    {
        if (options.TarpitDelay == TimeSpan.Zero)
            return TimeSpan.Zero;
        var subject = $"unknown/{ClientNetwork.Of(client)}";
        rates.Count(Memory, subject);
        // A network has many a sender behind it: it is slowed down by a tenth of what a session is.
        var past = Math.Max(inSession, rates.Peek(Memory, subject) / 10) - Free;
        if (past <= 0)
            return TimeSpan.Zero;
        var delay = options.TarpitDelay * Math.Pow(2, Math.Min(past, 10) - 1);
        return delay < MaxDelay ? delay : MaxDelay;
    }
}
