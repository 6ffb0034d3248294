namespace MailMesh.Mailstore;

/// <summary>
/// What messages consist of, of those that were asked for last: clients look at the same part of a mailbox again and again. The longest unused go first.
/// </summary>
/// <remarks>The row of a content changes by its preview and by where its body is (see <see cref="MailboxStore.OpenMessageAsync"/>), and its id is never another's.</remarks>
internal sealed class RecentContents
{
    /// <summary>Octets of all: some ten thousand messages.</summary>
    public const int Capacity = 16 * 1024 * 1024;

    /// <summary>What an entry takes beside its octets.</summary>
    private const int Overhead = 512;

    private readonly Lock _gate = new();
    private readonly Dictionary<long, LinkedListNode<MessageContent>> _byId = [];
    private readonly LinkedList<MessageContent> _lastFirst = [];
    private long _octets;

    /// <summary>Those that are here, by id.</summary>
    public Dictionary<long, MessageContent> Find(IReadOnlyList<long> ids)
    {
        var found = new Dictionary<long, MessageContent>(ids.Count);
        lock (_gate)
        {
            foreach (var id in ids)
            {
                if (!_byId.TryGetValue(id, out var node))
                    continue;
                _lastFirst.Remove(node);
                _lastFirst.AddFirst(node);
                found[id] = node.Value;
            }
        }
        return found;
    }

    /// <summary>Puts them in the place of what is here of them.</summary>
    public void Add(IReadOnlyList<MessageContent> contents)
    {
        lock (_gate)
        {
            foreach (var content in contents)
            {
                if (_byId.TryGetValue(content.Id, out var older))
                    Remove(older);
                if (CostOf(content) > Capacity / 16)
                    continue;
                _byId[content.Id] = _lastFirst.AddFirst(content);
                _octets += CostOf(content);
            }
            while (_octets > Capacity)
                Remove(_lastFirst.Last!);
        }
    }

    private static long CostOf(MessageContent content) =>
        Overhead + content.HeaderPrefix.Length + content.Envelope.Length + content.Structure.Length + (2L * (content.Preview?.Length ?? 0));

    private void Remove(LinkedListNode<MessageContent> node)
    {
        _lastFirst.Remove(node);
        _byId.Remove(node.Value.Id);
        _octets -= CostOf(node.Value);
    }
}
