using System.Globalization;
using MailMesh.Database;
using Microsoft.Extensions.Logging;

namespace MailMesh.Rates;

/// <summary>Counts subjects within windows that slide, with all other copies, and without waiting for the database.</summary>
/// <remarks>
/// Each copy counts in memory. Every second it adds what it counted to a table and learns what the others did of the subjects that it was asked
/// about: a limit may be passed by what the copies let through within that second. While the database is away each copy goes on by itself.
/// </remarks>
public sealed partial class RateLimiter
{
    /// <summary>Subjects in memory, some 300 octets each: past it those that nobody asked about for longest are forgotten here (the table has them).</summary>
    internal const int MaxSubjects = 50_000;

    /// <summary>Longest subject: what is longer shares its count with all that begin alike.</summary>
    private const int MaxSubjectLength = 320;

    private static readonly TimeSpan PurgeInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<SlidingCount>> _counts = new(StringComparer.Ordinal);

    /// <summary>Last asked about first.</summary>
    private readonly LinkedList<SlidingCount> _order = new();

    private readonly RateTable _table;
    private readonly TimeProvider _clock;
    private readonly ILogger<RateLimiter> _log;

    /// <summary>Asked about since the last exchange: those that have something to tell, and of which the other copies' counts matter.</summary>
    private HashSet<SlidingCount> _asked = [];

    private DateTimeOffset _purgedAt;
    private bool _isAway;

    /// <param name="copy">Names this process among the copies.</param>
    public RateLimiter(MailDatabase database, string copy, TimeProvider clock, ILogger<RateLimiter> log) =>
        (_table, _clock, _log, _purgedAt) = (new RateTable(database, copy), clock, log, clock.GetUtcNow());

    /// <summary>Counts, where the rate permits it; false, and nothing counted, where it does not.</summary>
    /// <param name="subject">What is counted of whom, as in 'messages/account/a@example.org'; at most 320 characters tell subjects apart.</param>
    public bool TryCount(Rate rate, string subject, long amount = 1)
    {
        lock (_gate)
        {
            var count = CountOf(rate.Window, subject);
            if (count.Total(Now) + amount > rate.Limit)
                return false;
            count.Add(Now, amount);
            return true;
        }
    }

    /// <summary>Counts whatever the limit, such as what has happened already; a negative amount takes back.</summary>
    public void Count(Rate rate, string subject, long amount = 1)
    {
        lock (_gate)
            CountOf(rate.Window, subject).Add(Now, amount);
    }

    /// <summary>What was counted within the rate's window, by all copies as far as is known.</summary>
    public long Peek(Rate rate, string subject)
    {
        lock (_gate)
            return CountOf(rate.Window, subject).Total(Now);
    }

    /// <summary>Subjects in memory.</summary>
    public int Subjects
    {
        get
        {
            lock (_gate)
                return _counts.Count;
        }
    }

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Learns what an earlier life of this process and the other copies counted.</summary>
    internal async Task LoadAsync()
    {
        var now = Now;
        var rows = await _table.ReadAllAsync(Begin(TimeSpan.FromDays(1), now), MaxSubjects);
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (WindowOf(row.Key) is { } window)
                    At(row.Key, window).Value.Learn(now, row.Since, row.Count);
            }
        }
    }

    /// <summary>Tells the database what was counted here, and learns what the others counted; true where that worked.</summary>
    public async Task<bool> ExchangeAsync()
    {
        var asked = TakeAsked();
        try
        {
            await WriteAsync(asked);
            await ReadAsync(asked);
            await PurgeAsync();
            _isAway = false;
            return true;
        }
        catch (Exception failure)
        {
            PutBack(asked);
            if (!_isAway)
                LogAway(_log, failure.GetBaseException().Message);
            _isAway = true;
            return false;
        }
    }

    private HashSet<SlidingCount> TakeAsked()
    {
        lock (_gate)
        {
            var asked = _asked;
            _asked = [];
            return asked;
        }
    }

    /// <summary>What could not be exchanged is again at the next time, but for what is no longer in memory.</summary>
    private void PutBack(HashSet<SlidingCount> asked)
    {
        lock (_gate)
            _asked.UnionWith(asked.Where(count => _counts.ContainsKey(count.Key)));
    }

    private async Task WriteAsync(HashSet<SlidingCount> asked)
    {
        List<(SlidingCount Count, CountRow Row)> pending;
        lock (_gate)
            pending = [.. from count in asked from part in count.Pending() select (count, new CountRow(count.Key, part.Since, part.Count))];
        if (pending.Count == 0)
            return;
        await _table.AddAsync(pending.ConvertAll(entry => entry.Row));
        lock (_gate)
            pending.ForEach(entry => entry.Count.Written(entry.Row.Since, entry.Row.Count));
    }

    private async Task ReadAsync(HashSet<SlidingCount> asked)
    {
        if (asked.Count == 0)
            return;
        var now = Now;
        var rows = await _table.ReadAsync([.. asked.Select(count => count.Key)], asked.Min(count => count.Begin(now)));
        lock (_gate)
        {
            foreach (var row in rows)
            {
                if (_counts.TryGetValue(row.Key, out var node))
                    node.Value.Learn(now, row.Since, row.Count);
            }
        }
    }

    private async Task PurgeAsync()
    {
        var now = _clock.GetUtcNow();
        if (now - _purgedAt < PurgeInterval)
            return;
        _purgedAt = now;
        foreach (var window in Rate.Windows)
            await _table.PurgeAsync(window, Begin(window, now.ToUnixTimeMilliseconds()));
    }

    /// <summary>A part more than counts, for copies whose clocks differ.</summary>
    private static long Begin(TimeSpan window, long now) => now - ((long)window.TotalMilliseconds * (SlidingCount.Parts + 2) / SlidingCount.Parts);

    private static TimeSpan? WindowOf(string key) =>
        key.IndexOf('/') is var slash and > 0 && long.TryParse(key.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            ? Rate.Windows.Where(window => window.TotalSeconds == seconds).Select(window => (TimeSpan?)window).FirstOrDefault()
            : null;

    private SlidingCount CountOf(TimeSpan window, string subject)
    {
        var node = At(RateTable.Key(window, subject.Length > MaxSubjectLength ? subject[..MaxSubjectLength] : subject), window);
        _asked.Add(node.Value);
        _order.Remove(node);
        _order.AddFirst(node);
        return node.Value;
    }

    private LinkedListNode<SlidingCount> At(string key, TimeSpan window)
    {
        if (_counts.TryGetValue(key, out var known))
            return known;
        if (_counts.Count >= MaxSubjects)
        {
            var oldest = _order.Last!.Value;
            _counts.Remove(oldest.Key);
            _asked.Remove(oldest);
            _order.RemoveLast();
        }
        var node = _order.AddLast(new SlidingCount(key, window));
        _counts.Add(key, node);
        return node;
    }

    [LoggerMessage(9301, LogLevel.Warning, "Rates are counted by each copy alone while the database does not answer: {Reason}")]
    private static partial void LogAway(ILogger log, string reason);
}
