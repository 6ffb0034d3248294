using System.Text;
using MailMesh.Mime;

namespace MailMesh.Unit.Tests.Imap;

/// <summary>RFC 5256 §3 word for word, slow and with recursion: what threads have to come to.</summary>
internal static class ThreadModel
{
    /// <param name="Date">When it was sent.</param>
    internal sealed record Mail(int Number, string? Id, string[] References, string Subject, long Date)
    {
        /// <summary>When it came.</summary>
        public long Came { get; init; }
    }

    public static string References(IReadOnlyList<Mail> mails)
    {
        var roots = Linked(mails).Where(node => node.Parent is null).ToList();
        roots = Prune(roots, isTop: true);
        roots.ForEach(SortBelow);
        roots = [.. roots.OrderBy(node => node.Date).ThenBy(node => node.Place)];
        roots = BySubject(roots);
        roots.ForEach(SortBelow);
        return string.Concat(roots.OrderBy(node => node.Date).ThenBy(node => node.Place).Select(node => $"({node.Text()})"));
    }

    /// <summary>draft-ietf-morg-inthread: threads by when the last message of each came, messages within by when they were sent.</summary>
    public static string Refs(IReadOnlyList<Mail> mails)
    {
        var roots = Prune([.. Linked(mails).Where(node => node.Parent is null)], isTop: true);
        roots.ForEach(SortBelow);
        return string.Concat(roots.OrderBy(node => node.Newest).ThenBy(node => node.Date).ThenBy(node => node.Place).Select(node => $"({node.Text()})"));
    }

    public static string OrderedSubject(IReadOnlyList<Mail> mails) => string.Concat(
        from thread in mails.GroupBy(mail => Base(mail).Text.ToUpperInvariant())
        let sorted = thread.OrderBy(mail => mail.Date).ThenBy(mail => mail.Number).ToList()
        orderby sorted[0].Date, sorted[0].Number
        select sorted.Count switch
        {
            1 => $"({sorted[0].Number})",
            2 => $"({sorted[0].Number} {sorted[1].Number})",
            _ => $"({sorted[0].Number} {string.Concat(sorted.Skip(1).Select(mail => $"({mail.Number})"))})",
        });

    private static List<Node> Linked(IReadOnlyList<Mail> mails)
    {
        var all = new List<Node>();
        var table = new Dictionary<string, Node>();
        Node Of(string id)
        {
            if (!table.TryGetValue(id, out var node))
            {
                table.Add(id, node = new Node());
                all.Add(node);
            }
            return node;
        }
        foreach (var mail in mails)
        {
            for (var i = 0; i + 1 < mail.References.Length; i++)
            {
                var (parent, child) = (Of(mail.References[i]), Of(mail.References[i + 1]));
                if (child.Parent is null && !parent.IsBelowOrAt(child))
                    child.MoveTo(parent);
            }
            var last = mail.References.Length > 0 ? Of(mail.References[^1]) : null;
            var node = mail.Id is not null ? Of(mail.Id) : null;
            if (node is null || node.Mail is not null)
                all.Add(node = new Node());
            node.Mail = mail;
            node.MoveTo(null);
            if (last is not null && !last.IsBelowOrAt(node))
                node.MoveTo(last);
        }
        return all;
    }

    private static List<Node> Prune(List<Node> siblings, bool isTop)
    {
        var kept = new List<Node>();
        foreach (var node in siblings)
        {
            node.Children = Prune(node.Children, isTop: false);
            if (node.Mail is not null || (isTop && node.Children.Count > 1))
                kept.Add(node);
            else
                kept.AddRange(node.Children);
        }
        return kept;
    }

    private static void SortBelow(Node node)
    {
        node.Children.ForEach(SortBelow);
        node.Children = [.. node.Children.OrderBy(child => child.Date).ThenBy(child => child.Place)];
    }

    private static List<Node> BySubject(List<Node> roots)
    {
        var table = new Dictionary<string, Node>();
        foreach (var root in roots)
        {
            var subject = root.Subject;
            if (subject.Length == 0)
                continue;
            if (!table.TryGetValue(subject, out var known) || (known.Mail is not null && (root.Mail is null || (known.IsReply && !root.IsReply))))
                table[subject] = root;
        }
        var result = roots.ToList();
        foreach (var root in roots)
        {
            var subject = root.Subject;
            if (subject.Length == 0 || table[subject] == root)
                continue;
            var known = table[subject];
            result.Remove(root);
            if (known.Mail is null && root.Mail is null)
            {
                known.Children.AddRange(root.Children);
            }
            else if (known.Mail is null || (root.IsReply && !known.IsReply))
            {
                known.Children.Add(root);
            }
            else
            {
                var both = new Node { Children = [known, root] };
                result.Remove(known);
                result.Add(both);
                table[subject] = both;
            }
        }
        return result;
    }

    private static BaseSubject Base(Mail mail) => BaseSubject.Of(mail.Subject);

    private sealed class Node
    {
        public Mail? Mail { get; set; }

        public Node? Parent { get; private set; }

        public List<Node> Children { get; set; } = [];

        public long Date => Mail?.Date ?? Children[0].Date;

        public int Place => Mail?.Number ?? Children[0].Place;

        public long Newest => Children.Select(child => child.Newest).Append(Mail?.Came ?? long.MinValue).Max();

        public string Subject => Mail is null ? Children[0].Subject : Base(Mail).Text.ToUpperInvariant();

        public bool IsReply => Mail is not null && Base(Mail).IsReply;

        public bool IsBelowOrAt(Node other) => this == other || (Parent?.IsBelowOrAt(other) ?? false);

        public void MoveTo(Node? parent)
        {
            Parent?.Children.Remove(this);
            Parent = parent;
            parent?.Children.Add(this);
        }

        public string Text()
        {
            var text = new StringBuilder(Mail?.Number.ToString() ?? "");
            if (Children.Count == 1)
                return text.Append(' ').Append(Children[0].Text()).ToString();
            if (Children.Count > 1 && Mail is not null)
                text.Append(' ');
            return text.Append(string.Concat(Children.Select(child => $"({child.Text()})"))).ToString();
        }
    }
}
