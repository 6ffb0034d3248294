using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>A message in its thread, or the place of one that only others refer to.</summary>
internal sealed class ThreadNode
{
    private static readonly List<ThreadNode> None = [];

    /// <summary>Null for a dummy: RFC 5256 §3, REFERENCES, step 1.</summary>
    public SequencedMessage? Message { get; private set; }

    public bool IsDummy => Message is null;

    /// <summary>What siblings are ordered by; that of a dummy is its first child's.</summary>
    public long Date { get; set; }

    /// <summary>Folded base subject.</summary>
    public string Subject { get; private set; } = "";

    public bool IsReply { get; private set; }

    /// <summary>By reference; dummies included.</summary>
    public ThreadNode? Parent { get; private set; }

    /// <summary>Something was once linked below it.</summary>
    public bool HasChildren { get; private set; }

    /// <summary>Of a dummy, once it is known: what takes its place as a parent.</summary>
    public ThreadNode? Stead { get; set; }

    public List<ThreadNode> Children { get; private set; } = None;

    public void Fill(SequencedMessage message, long date, string subject, bool isReply) =>
        (Message, Date, Subject, IsReply) = (message, date, subject, isReply);

    public void Link(ThreadNode? parent)
    {
        Parent = parent;
        if (parent is not null)
            parent.HasChildren = true;
    }

    public void Add(ThreadNode child)
    {
        if (Children.Count == 0)
            Children = new List<ThreadNode>(1);
        Children.Add(child);
    }
}
