using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using MailMesh.Database;

namespace MailMesh.Relay;

/// <summary>Groups that wait for connections to one next hop.</summary>
internal sealed class Destination(NextHop.Servers hop, int maxConnections) : IDisposable
{
    private readonly Lock _gate = new();
    /// <summary>RFC 6710: the higher priority first; of one priority, what came first.</summary>
    private readonly PriorityQueue<MessageGroup, (int Rank, long Turn)> _waiting = new();
    private readonly Dictionary<string, MessageGroup> _open = [];
    private readonly SemaphoreSlim _added = new(0);
    private long _turn;
    private int _connections;
    private int _idle;
    private bool _closed;

    public NextHop.Servers Hop { get; } = hop;

    /// <summary>Adds rows; a row joins its message's waiting group.</summary>
    /// <param name="connections">Connections to open for them.</param>
    /// <returns>False when the destination has just been closed: take a new one.</returns>
    public bool TryAdd(IReadOnlyList<QueueEntry> rows, out int connections)
    {
        lock (_gate)
        {
            connections = 0;
            if (_closed)
                return false;
            foreach (var row in rows)
                Add(row);
            connections = Math.Clamp(_waiting.Count - _idle, 0, maxConnections - _connections);
            _connections += connections;
            return true;
        }
    }

    /// <summary>The next group; null when none came within <paramref name="patience"/> or <paramref name="stopping"/> was signalled.</summary>
    public async Task<MessageGroup?> TakeAsync(TimeSpan patience, CancellationToken stopping)
    {
        var since = Stopwatch.GetTimestamp();
        MessageGroup? group = null;
        Interlocked.Increment(ref _idle);
        try
        {
            // The signal also counts groups that were taken without waiting: look again until time is up.
            while (!stopping.IsCancellationRequested && !TryTake(out group) && patience - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } left)
                await _added.WaitAsync(left, stopping);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            Interlocked.Decrement(ref _idle);
        }
        return group;
    }

    /// <summary>All that waits, when there is no way to the destination, or at a stop.</summary>
    public List<MessageGroup> TakeAll()
    {
        var groups = new List<MessageGroup>();
        while (TryTake(out var group))
            groups.Add(group);
        return groups;
    }

    /// <summary>A connection ends. False when groups wait after all: go on. The last one closes the destination.</summary>
    public bool TryLeave(CancellationToken stopping, out bool closed)
    {
        lock (_gate)
        {
            closed = false;
            if (_waiting.Count > 0 && !stopping.IsCancellationRequested)
                return false;
            _connections--;
            _closed = closed = _connections == 0;
            return true;
        }
    }

    public void Dispose() => _added.Dispose();

    private void Add(QueueEntry row)
    {
        if (_open.TryGetValue(row.MessageId, out var group) && group.TryAdd(row))
            return;
        group = new MessageGroup(row);
        _open[row.MessageId] = group;
        _waiting.Enqueue(group, (-row.Priority, _turn++));
        _added.Release();
    }

    private bool TryTake([NotNullWhen(true)] out MessageGroup? group)
    {
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out group, out _))
                return false;
            if (_open.TryGetValue(group.MessageId, out var open) && open == group)
                _open.Remove(group.MessageId);
            return true;
        }
    }
}
