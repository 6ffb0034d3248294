using MailMesh.Database;

namespace MailMesh.Relay;

/// <summary>Rows leased by this process and not settled: bounded in all, and by domain, so that one slow domain does not keep out the others.</summary>
internal sealed class ActiveRows(int limit, RelayMetrics metrics, Action roomAgain)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<long, string> _domains = [];
    private readonly Dictionary<string, int> _counts = [];

    /// <summary>A domain with this many rows in work gets no more for now.</summary>
    private readonly int _limitOfDomain = Math.Max(1, limit / 4);

    public int Room
    {
        get
        {
            lock (_gate)
                return Math.Max(0, limit - _domains.Count);
        }
    }

    public void Add(IReadOnlyList<QueueEntry> rows)
    {
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (_domains.TryAdd(row.Id, row.Domain))
                    _counts[row.Domain] = _counts.GetValueOrDefault(row.Domain) + 1;
            }
        }
        metrics.Active(rows.Count);
    }

    public void Remove(IReadOnlyList<QueueEntry> rows)
    {
        bool wasShort;
        lock (_gate)
        {
            wasShort = _domains.Count >= limit || rows.Any(row => _counts.GetValueOrDefault(row.Domain) >= _limitOfDomain);
            foreach (var row in rows)
                RemoveOne(row.Id);
        }
        metrics.Active(-rows.Count);
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
            return [.. _domains.Keys];
    }

    private void RemoveOne(long id)
    {
        if (!_domains.Remove(id, out var domain))
            return;
        if (--_counts[domain] == 0)
            _counts.Remove(domain);
    }
}
