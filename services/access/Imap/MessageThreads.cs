using MailMesh.Collation;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3: gathers messages into threads.</summary>
internal sealed class MessageThreads(ThreadAlgorithm algorithm)
{
    private readonly ReferenceLinks _links = new();
    private readonly List<ThreadNode> _messages = [];

    /// <summary>Adds a message; in the order of the mailbox.</summary>
    /// <param name="heading">Null where its content went: it is a thread of its own.</param>
    public void Add(SequencedMessage message, MessageHeading? heading)
    {
        var envelope = heading is null ? null : MessageIndex.DecodeEnvelope(heading.Envelope);
        var subject = algorithm == ThreadAlgorithm.Refs ? default : BaseSubject.Of(envelope?.Subject);
        var node = algorithm == ThreadAlgorithm.OrderedSubject
            ? new ThreadNode()
            : _links.Add(MessageIds.First(envelope?.MessageId), heading?.RefersTo ?? "");
        node.Fill(message, SentDate.Of(envelope, message.Message).UtcTicks, UnicodeCasemap.Fold(subject.Text ?? ""), subject.IsReply);
        _messages.Add(node);
    }

    /// <summary>The threads in order, each with its messages below it in order.</summary>
    public IReadOnlyList<ThreadNode> Build() => algorithm switch
    {
        ThreadAlgorithm.OrderedSubject => OrderedSubject(),
        ThreadAlgorithm.References => References(),
        _ => Refs(),
    };

    private List<ThreadNode> OrderedSubject()
    {
        var roots = new List<ThreadNode>();
        foreach (var thread in _messages.GroupBy(node => node.Subject, StringComparer.Ordinal))
        {
            var sorted = thread.ToList();
            sorted.Sort(ByDate);
            foreach (var sibling in sorted.Skip(1))
                sorted[0].Add(sibling);
            roots.Add(sorted[0]);
        }
        roots.Sort(ByDate);
        return roots;
    }

    private List<ThreadNode> References()
    {
        var roots = _links.Roots(_messages);
        SortChildren(roots);
        roots.Sort(ByDate);
        roots = SubjectMerge.Merge(roots);
        SortChildren(roots);
        roots.Sort(ByDate);
        return roots;
    }

    /// <summary>As REFERENCES without step 5: the thread into which the last message came is the last one, and within it messages stand as they were sent.</summary>
    private List<ThreadNode> Refs()
    {
        var roots = _links.Roots(_messages);
        SortChildren(roots);
        var newest = roots.ToDictionary(root => root, NewestOf);
        roots.Sort((a, b) => newest[a] != newest[b] ? newest[a].CompareTo(newest[b]) : ByDate(a, b));
        return roots;
    }

    private static DateTimeOffset NewestOf(ThreadNode root) =>
        TopDown([root]).Where(node => !node.IsDummy).Max(node => node.Message!.Value.Message.InternalDate);

    /// <summary>Steps 4 and 6: siblings by date, a dummy by its first child's.</summary>
    private static void SortChildren(List<ThreadNode> roots)
    {
        var nodes = TopDown(roots);
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            nodes[i].Children.Sort(ByDate);
            if (nodes[i].IsDummy)
                nodes[i].Date = nodes[i].Children[0].Date;
        }
    }

    /// <summary>Every node, parents before their children; without recursion, since threads may be deep.</summary>
    private static List<ThreadNode> TopDown(IReadOnlyList<ThreadNode> roots)
    {
        var nodes = new List<ThreadNode>(roots);
        for (var i = 0; i < nodes.Count; i++)
            nodes.AddRange(nodes[i].Children);
        return nodes;
    }

    private static int ByDate(ThreadNode first, ThreadNode second) =>
        first.Date != second.Date ? first.Date.CompareTo(second.Date) : Place(first).CompareTo(Place(second));

    private static int Place(ThreadNode node)
    {
        while (node.IsDummy)
            node = node.Children[0];
        return node.Message!.Value.Sequence;
    }
}
