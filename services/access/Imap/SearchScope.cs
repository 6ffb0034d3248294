using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>The mailbox that a search looks through, as it stays while the search runs: what numbers, * and \Recent mean there.</summary>
/// <param name="saved">RFC 5182: the UIDs that $ stands for.</param>
/// <param name="now">RFC 5032: what OLDER and YOUNGER count from.</param>
internal sealed class SearchScope(MailboxSnapshot shown, Func<MailboxMessage, bool> isRecent, IReadOnlyList<SequenceSet.Range> saved, DateTimeOffset now)
{
    /// <summary>By UID; read when a key asks.</summary>
    private IReadOnlyDictionary<long, DateTimeOffset>? _savedDates;

    private readonly Dictionary<SequenceSet, IReadOnlyList<SequenceSet.Range>> _resolved = new(ReferenceEqualityComparer.Instance);

    public MailboxSnapshot Shown { get; } = shown;

    public DateTimeOffset Now { get; } = now;

    /// <summary>RFC 6203: what fuzzy keys have found.</summary>
    public FuzzyScores Fuzzy { get; } = new();

    /// <summary>The selected mailbox, as the client knows it.</summary>
    public static SearchScope Of(MailboxView view, IReadOnlyList<SequenceSet.Range> saved, TimeProvider clock) =>
        new(view.Shown, view.IsRecent, saved, clock.GetUtcNow());

    public bool IsRecent(MailboxMessage message) => isRecent(message);

    /// <summary>Reads what the keys ask of a mailbox that its list of messages does not hold.</summary>
    public async ValueTask PrepareAsync(MailboxStore store, SearchKey key)
    {
        if (_savedDates is null && key.Any(one => one is SearchKey.SavedDate))
            _savedDates = await store.SavedDatesAsync(Shown.Mailbox.Id, 1, Shown.LastUid);
    }

    /// <summary>RFC 8514: when the message came into the mailbox.</summary>
    public DateTimeOffset SavedDateOf(MailboxMessage message) =>
        _savedDates?.TryGetValue(message.Uid, out var saved) == true ? saved : message.InternalDate;

    /// <summary>The message is in the set.</summary>
    /// <param name="uids">The set is one of UIDs.</param>
    public bool Contains(SequenceSet set, bool uids, SequencedMessage message)
    {
        if (!_resolved.TryGetValue(set, out var ranges))
            _resolved.Add(set, ranges = set.IsSaved ? saved : set.Resolve((uint)(uids ? Shown.LastUid : Shown.Count)));
        return SequenceSet.Contains(ranges, uids || set.IsSaved ? message.Message.Uid : message.Sequence);
    }
}
