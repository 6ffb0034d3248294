namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3, REFERENCES, step 5: threads of one base subject become one.</summary>
internal static class SubjectMerge
{
    /// <param name="roots">In the order of their dates.</param>
    /// <returns>The threads that are left, in no order.</returns>
    public static List<ThreadNode> Merge(IReadOnlyList<ThreadNode> roots)
    {
        var table = Table(roots);
        var left = new List<ThreadNode>(roots.Count);
        var places = new Dictionary<ThreadNode, int>();
        foreach (var root in roots)
        {
            var subject = SubjectOf(root);
            if (subject.Length > 0 && table[subject] is var known && known != root)
            {
                table[subject] = Join(known, root);
                if (table[subject] != known)
                    left[places[known]] = table[subject];
                continue;
            }
            places.Add(root, left.Count);
            left.Add(root);
        }
        return left;
    }

    /// <summary>Steps 5.A and 5.B: the thread that others of its subject join.</summary>
    private static Dictionary<string, ThreadNode> Table(IReadOnlyList<ThreadNode> roots)
    {
        var table = new Dictionary<string, ThreadNode>(StringComparer.Ordinal);
        foreach (var root in roots)
        {
            var subject = SubjectOf(root);
            if (subject.Length == 0)
                continue;
            if (!table.TryGetValue(subject, out var known) || (!known.IsDummy && (root.IsDummy || (known.IsReply && !root.IsReply))))
                table[subject] = root;
        }
        return table;
    }

    /// <summary>Step 5.C; gives what now stands for the subject.</summary>
    private static ThreadNode Join(ThreadNode known, ThreadNode root)
    {
        if (known.IsDummy && root.IsDummy)
        {
            foreach (var child in root.Children)
                known.Add(child);
            return known;
        }
        if (known.IsDummy || (root.IsReply && !known.IsReply))
        {
            known.Add(root);
            return known;
        }
        var both = new ThreadNode();
        both.Add(known);
        both.Add(root);
        return both;
    }

    private static string SubjectOf(ThreadNode root) => root.IsDummy ? root.Children[0].Subject : root.Subject;
}
