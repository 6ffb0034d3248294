using MailMesh.Ingress;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp.Policy;

/// <summary>A clock that a test moves, once somebody waits for it.</summary>
internal sealed class DelayClock : FakeTimeProvider
{
    private static readonly TimeSpan EngineTimeout = new IngressOptions().EngineTimeout;

    private int _begun;
    private int _passed;

    public DelayClock()
        : base(DateTimeOffset.UtcNow)
    {
    }

    /// <summary>Delays that began, and that no test has let pass.</summary>
    public int Waiting => Volatile.Read(ref _begun) - _passed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        // The connections' deadlines have a period, and a directory that is slow for once is waited for by a timer of its own.
        if (period == Timeout.InfiniteTimeSpan && dueTime != EngineTimeout)
            Interlocked.Increment(ref _begun);
        return timer;
    }

    /// <summary>Waits for the next delay to begin, and lets the time go by.</summary>
    public async Task PassAsync(TimeSpan span)
    {
        await Wait.UntilAsync("a delay", () => Task.FromResult(Waiting > 0));
        _passed++;
        Advance(span);
    }
}
