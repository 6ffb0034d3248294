using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5267 §4.3: a search whose client is told of each message that comes into its result or leaves it.</summary>
/// <param name="saved">RFC 5182: what $ stood for when the search was made.</param>
/// <param name="order">Null for a SEARCH, whose result is in the order of the mailbox.</param>
internal sealed class SearchContext(string tag, SearchCommand command, IReadOnlyList<SequenceSet.Range> saved, SortCriteria? order)
{
    /// <summary>Messages of a context: what a session keeps of each is bounded, too.</summary>
    public const int MaxMessages = 50_000;

    private readonly List<Place> _places = [];
    private readonly HashSet<long> _members = [];

    public string Tag => tag;

    public SearchKey Key => command.Key;

    public IReadOnlyList<SequenceSet.Range> Saved => saved;

    /// <summary>Null where the result is in the order of the mailbox.</summary>
    public SortCriteria? Order => order;

    /// <summary>What it finds changes only where messages do: a clock or a number that another message shifts is in none of its keys.</summary>
    public static bool CanFollow(SearchKey key) => !key.Any(part => part switch
    {
        SearchKey.Older or SearchKey.Younger => true,
        SearchKey.Among among => !among.Set.IsSaved && (!among.Uids || among.Set.MovesWithLargest),
        _ => false,
    });

    public int Count => _places.Count;

    public bool Contains(long uid) => _members.Contains(uid);

    /// <summary>Takes messages in and tells the client, which knows them already.</summary>
    public void Add(ImapWriter writer, MailboxSnapshot shown, IReadOnlyList<SortedMessage> messages)
    {
        if (messages.Count == 0)
            return;
        var ordered = messages.Select(message => new Place(message.Message.Message.Uid, message.Values)).ToList();
        ordered.Sort(Compare);
        var runs = new List<(int Position, List<long> Uids)>();
        foreach (var place in ordered)
        {
            var at = ~_places.BinarySearch(place, Comparer<Place>.Create(Compare));
            _places.Insert(at, place);
            _members.Add(place.Uid);
            if (runs.Count > 0 && runs[^1].Position + runs[^1].Uids.Count == at + 1)
                runs[^1].Uids.Add(place.Uid);
            else
                runs.Add((at + 1, [place.Uid]));
        }
        Write(writer, shown, "ADDTO", order is null ? [(0, ordered.ConvertAll(place => place.Uid))] : runs);
    }

    /// <summary>Takes in what the first reply has told.</summary>
    public void Begin(IReadOnlyList<SortedMessage> found)
    {
        foreach (var message in found)
        {
            _places.Add(new Place(message.Message.Message.Uid, message.Values));
            _members.Add(message.Message.Message.Uid);
        }
    }

    /// <summary>Takes messages out and tells the client, in whose numbers they still are.</summary>
    /// <param name="uids">Those that are not in it are passed by.</param>
    public void Remove(ImapWriter writer, MailboxSnapshot shown, IEnumerable<long> uids)
    {
        var gone = uids.Where(_members.Remove).ToHashSet();
        if (gone.Count == 0)
            return;
        var runs = new List<(int Position, List<long> Uids)>();
        for (var i = 0; i < _places.Count; i++)
        {
            if (!gone.Contains(_places[i].Uid))
                continue;
            if (runs.Count > 0 && runs[^1].Position + runs[^1].Uids.Count == i + 1)
                runs[^1].Uids.Add(_places[i].Uid);
            else
                runs.Add((i + 1, [_places[i].Uid]));
        }
        _places.RemoveAll(place => gone.Contains(place.Uid));
        // The last first, so that no removal shifts the place of another.
        runs.Reverse();
        Write(writer, shown, "REMOVEFROM", order is null ? [(0, [.. gone.Order()])] : runs);
    }

    /// <summary>RFC 5267 §4.3.3 and §4.3.4.</summary>
    private void Write(ImapWriter writer, MailboxSnapshot shown, string item, List<(int Position, List<long> Uids)> runs)
    {
        writer.Write($"* ESEARCH (TAG \"{tag}\"){(command.ByUid ? " UID" : "")} {item} (");
        for (var i = 0; i < runs.Count; i++)
        {
            if (i > 0)
                writer.Write(' ');
            writer.Write(runs[i].Position);
            writer.Write(' ');
            writer.Write(UidSet.Format(command.ByUid ? runs[i].Uids : runs[i].Uids.ConvertAll(uid => (long)shown.SequenceOf(uid))));
        }
        writer.Write(")\r\n"u8);
    }

    private int Compare(Place first, Place second)
    {
        var sorted = order?.Compare(first.Values, second.Values) ?? 0;
        return sorted != 0 ? sorted : first.Uid.CompareTo(second.Uid);
    }

    private readonly record struct Place(long Uid, SortValue[] Values);
}
