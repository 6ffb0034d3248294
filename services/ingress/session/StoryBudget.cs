namespace MailMesh.Ingress.Session;

/// <summary>How many sessions' refusals one process tells: a flood of refused connections costs no row each.</summary>
internal sealed class StoryBudget
{
    /// <summary>Lines a second that go on for ever: ten million a day would still be a table that PostgreSQL keeps with ease.</summary>
    private const int PerSecond = 100;

    private const int Burst = 1000;

    private readonly Lock _gate = new();
    private double _left = Burst;
    private long _from;

    /// <summary>False when this one stays untold.</summary>
    public bool TryTake(TimeProvider clock)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            _left = Math.Min(Burst, _left + clock.GetElapsedTime(_from, now).TotalSeconds * PerSecond);
            _from = now;
            if (_left < 1)
                return false;
            _left--;
            return true;
        }
    }
}
