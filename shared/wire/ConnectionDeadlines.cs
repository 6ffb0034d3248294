using System.Collections.Concurrent;

namespace MailMesh.Wire;

/// <summary>One timer for the waits of all connections: a timer a read would cost more than the read.</summary>
public sealed class ConnectionDeadlines : IDisposable
{
    private readonly ConcurrentDictionary<WireConnection, bool> _connections = new();
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    public ConnectionDeadlines(TimeProvider clock)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => Sweep(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
    }

    /// <summary>Open connections.</summary>
    public int Count => _connections.Count;

    internal TimeProvider Clock => _clock;

    /// <summary>Milliseconds of a monotonic clock.</summary>
    internal long Now => _clock.GetTimestamp() / (_clock.TimestampFrequency / 1000);

    public void Dispose() => _timer.Dispose();

    internal long After(TimeSpan timeout) => Now + (long)timeout.TotalMilliseconds;

    internal void Add(WireConnection connection) => _connections[connection] = true;

    internal void Remove(WireConnection connection) => _connections.TryRemove(connection, out _);

    private void Sweep()
    {
        var now = Now;
        foreach (var (connection, _) in _connections)
        {
            if (connection.Deadline is > 0 and var deadline && deadline <= now)
                connection.TimeOut(now);
        }
    }
}
