namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3, REFERENCES, steps 1 to 3: parents and children by Message-ID.</summary>
internal sealed class ReferenceLinks
{
    /// <summary>A thread of greater depth is cut: each link looks for loops above it.</summary>
    private const int MaxDepth = 10_000;

    private readonly Dictionary<string, ThreadNode> _byId = new(StringComparer.Ordinal);

    /// <summary>The node of a message, linked; the caller fills it.</summary>
    /// <param name="messageId">Null where it has none.</param>
    /// <param name="refersTo">Message-IDs divided by one blank.</param>
    public ThreadNode Add(string? messageId, string refersTo)
    {
        var parent = LinkReferences(refersTo);
        var node = NodeOf(messageId);
        // Step 1.B: its own references say more of a message than those of others do.
        if (node.Parent != parent)
        {
            node.Link(null);
            if (parent is not null && !MakesLoop(parent, node))
                node.Link(parent);
        }
        return node;
    }

    /// <summary>The nodes without a parent, dummies pruned, and everything's children.</summary>
    /// <param name="messages">Every message's node, in the order of the mailbox.</param>
    public List<ThreadNode> Roots(IReadOnlyList<ThreadNode> messages)
    {
        var roots = new List<ThreadNode>();
        var dummies = new List<ThreadNode>();
        foreach (var node in messages)
        {
            if (node.Parent is null)
            {
                roots.Add(node);
                continue;
            }
            var parent = SteadOf(node.Parent);
            if (parent.IsDummy && parent.Children.Count == 0)
                dummies.Add(parent);
            parent.Add(node);
        }
        // Step 3: a dummy stays only at the top, and only over several children.
        foreach (var dummy in dummies)
            roots.Add(dummy.Children.Count == 1 ? dummy.Children[0] : dummy);
        return roots;
    }

    /// <summary>Step 1.A: each reference is the parent of the next, where that has none; gives the last.</summary>
    private ThreadNode? LinkReferences(string refersTo)
    {
        ThreadNode? last = null;
        foreach (var range in refersTo.AsSpan().Split(' '))
        {
            var id = refersTo[range];
            if (id.Length == 0)
                continue;
            if (!_byId.TryGetValue(id, out var node))
                _byId.Add(id, node = new ThreadNode());
            if (last is not null && node.Parent is null && !MakesLoop(last, node))
                node.Link(last);
            last = node;
        }
        return last;
    }

    /// <summary>Step 1: of messages with one Message-ID the first alone has it.</summary>
    private ThreadNode NodeOf(string? messageId)
    {
        if (messageId is null)
            return new ThreadNode();
        if (!_byId.TryGetValue(messageId, out var node))
            _byId.Add(messageId, node = new ThreadNode());
        return node.IsDummy ? node : new ThreadNode();
    }

    private static bool MakesLoop(ThreadNode parent, ThreadNode child)
    {
        if (parent == child)
            return true;
        if (!child.HasChildren)
            return false;
        var depth = 0;
        for (var node = parent; node is not null; node = node.Parent)
        {
            if (node == child || ++depth > MaxDepth)
                return true;
        }
        return false;
    }

    /// <summary>What a parent comes to once dummies are pruned: itself, the next message above, or the dummy at the top.</summary>
    private static ThreadNode SteadOf(ThreadNode parent)
    {
        var stead = parent;
        while (stead.IsDummy && stead.Stead is null && stead.Parent is not null)
            stead = stead.Parent;
        stead = stead.Stead ?? stead;
        for (var node = parent; node != stead && node.IsDummy && node.Stead is null; node = node.Parent!)
            node.Stead = stead;
        return stead;
    }
}
