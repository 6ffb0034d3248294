using MailMesh.Database;

namespace MailMesh.Relay;

/// <summary>Rows leased by this process and not settled: bounded in all, and by domain, so that one slow domain does not keep out the others.</summary>
internal sealed class ActiveRows(int limit, RelayMetrics metrics, Action roomAgain, TimeProvider clock)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, Lease> _leases = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>A domain with this many rows in work gets no more for now.</summary>
    private readonly int _limitOfDomain = Math.Max(1, limit / 4);

    public int Room
    {
        get
        {
            lock (_gate)
                return Math.Max(0, limit - _leases.Count);
        }
    }

    /// <param name="until">Rows that were not sent by then may be another copy's.</param>
    public void Add(IReadOnlyList<QueueEntry> rows, DateTimeOffset until)
    {
        var added = 0;
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (!_leases.TryAdd(row.Id, new Lease(row, until)))
                {
                    _leases[row.Id] = new Lease(row, until); // leased anew: the work of the former lease finds that it is over
                    continue;
                }
                _counts[row.Domain] = _counts.GetValueOrDefault(row.Domain) + 1;
                added++;
            }
        }
        metrics.Active(added);
    }

    /// <summary>A lease was begun anew in time for these rows, and the others of <paramref name="asked"/> are another copy's.</summary>
    public void Renewed(IReadOnlyCollection<long> asked, IReadOnlySet<long> kept, DateTimeOffset until)
    {
        var lost = new List<QueueEntry>();
        lock (_gate)
        {
            foreach (var id in asked)
            {
                if (!_leases.TryGetValue(id, out var lease))
                    continue; // settled meanwhile
                if (kept.Contains(id))
                    _leases[id] = lease with { Until = until };
                else
                    lost.Add(lease.Row);
            }
        }
        Remove(lost);
    }

    /// <summary>
    /// The rows that may be sent now: leased by this copy, and by this lease. The others are let go: whoever leases them next
    /// sends them.
    /// </summary>
    public IReadOnlyList<QueueEntry> Keep(IReadOnlyList<QueueEntry> rows)
    {
        var now = clock.GetUtcNow();
        List<QueueEntry> ended;
        lock (_gate)
        {
            if (rows.All(row => IsOurs(row, now)))
                return rows;
            ended = [.. rows.Where(row => !IsOurs(row, now))];
        }
        Remove(ended);
        return [.. rows.Except(ended)];
    }

    public void Remove(IReadOnlyList<QueueEntry> rows)
    {
        bool wasShort;
        var removed = 0;
        lock (_gate)
        {
            wasShort = _leases.Count >= limit || rows.Any(row => _counts.GetValueOrDefault(row.Domain) >= _limitOfDomain);
            foreach (var row in rows)
                removed += RemoveOne(row) ? 1 : 0;
        }
        metrics.Active(-removed);
        if (wasShort)
            roomAgain();
    }

    public IReadOnlyCollection<string> FullDomains()
    {
        lock (_gate)
            return [.. _counts.Where(c => c.Value >= _limitOfDomain).OrderByDescending(c => c.Value).Select(c => c.Key)];
    }

    public IReadOnlyCollection<long> Ids()
    {
        lock (_gate)
            return [.. _leases.Keys];
    }

    private bool IsOurs(QueueEntry row, DateTimeOffset now) =>
        _leases.TryGetValue(row.Id, out var lease) && ReferenceEquals(lease.Row, row) && now < lease.Until;

    private bool RemoveOne(QueueEntry row)
    {
        if (!_leases.TryGetValue(row.Id, out var lease) || !ReferenceEquals(lease.Row, row))
            return false;
        _leases.Remove(row.Id);
        if (--_counts[row.Domain] == 0)
            _counts.Remove(row.Domain);
        return true;
    }

    private readonly record struct Lease(QueueEntry Row, DateTimeOffset Until);
}
