using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 7377 §2.2: the mailboxes that ESEARCH looks through.</summary>
internal sealed record SearchSource(IReadOnlyList<SearchSource.Group> Groups)
{
    private const int MaxNames = 1000;

    /// <summary>The selected mailbox is one of them, as its session shows it.</summary>
    public bool HasSelected => Groups.Any(group => group.Kind == GroupKind.Selected);

    /// <summary>Nothing but the selected mailbox.</summary>
    public bool IsSelectedOnly => Groups.All(group => group.Kind == GroupKind.Selected);

    /// <summary>source-mbox between its parentheses.</summary>
    public static SearchSource Parse(ref ImapScanner scanner)
    {
        scanner.Expect('(');
        var groups = new List<Group>();
        var names = 0;
        do
        {
            var group = ParseGroup(ref scanner);
            names += group.Names.Count;
            if (names > MaxNames || groups.Count > MaxNames)
                scanner.Fail("Too many mailboxes");
            groups.Add(group);
        }
        while (scanner.Take(' '));
        scanner.Expect(')');
        return new SearchSource(groups);
    }

    /// <summary>The mailboxes, the selected one aside, each once. Those that are not there, or that the session may not read, are passed by (RFC 7377 §2.1).</summary>
    public async ValueTask<IReadOnlyList<ReachedMailbox>> FindAsync(ImapSession session)
    {
        if (IsSelectedOnly)
            return [];
        var subscribed = Groups.Any(group => group.Kind == GroupKind.Subscribed)
            ? (await session.Backend.Directory.SubscriptionsAsync(session.Account.Id)).ToHashSet(StringComparer.Ordinal)
            : [];
        var mailboxes = await session.Backend.Access.ListAsync(session.Identity);
        return [.. mailboxes.Where(mailbox => !mailbox.Mailbox.NoSelect && mailbox.May(MailboxRights.Read) && Groups.Any(group => group.Holds(mailbox, subscribed)))];
    }

    private static Group ParseGroup(ref ImapScanner scanner)
    {
        switch (scanner.Keyword())
        {
            case "SELECTED":
                return new Group(GroupKind.Selected, []);
            case "INBOXES":
                return new Group(GroupKind.Inboxes, []);
            case "PERSONAL":
                return new Group(GroupKind.Personal, []);
            case "SUBSCRIBED":
                return new Group(GroupKind.Subscribed, []);
            case "SUBTREE":
                return new Group(GroupKind.Subtree, Names(ref scanner));
            case "SUBTREE-ONE":
                return new Group(GroupKind.SubtreeOne, Names(ref scanner));
            case "MAILBOXES":
                return new Group(GroupKind.Mailboxes, Names(ref scanner));
            default:
                scanner.Fail("Unknown source of mailboxes");
                return new Group(GroupKind.Selected, []);
        }
    }

    private static List<string> Names(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return MailboxName.ParseSome(ref scanner, MaxNames);
    }

    internal enum GroupKind
    {
        Selected,
        Inboxes,
        Personal,
        Subscribed,
        Subtree,
        SubtreeOne,
        Mailboxes,
    }

    internal sealed record Group(GroupKind Kind, IReadOnlyList<string> Names)
    {
        public bool Holds(ReachedMailbox mailbox, IReadOnlySet<string> subscribed) => Kind switch
        {
            GroupKind.Inboxes => mailbox.TakesDeliveries,
            GroupKind.Personal => mailbox.IsOwn,
            GroupKind.Subscribed => subscribed.Contains(mailbox.Path),
            GroupKind.Subtree => Names.Any(name => mailbox.Path == name || IsBelow(mailbox.Path, name)),
            GroupKind.SubtreeOne => Names.Any(name => mailbox.Path == name
                || (IsBelow(mailbox.Path, name) && !mailbox.Path.AsSpan(name.Length + 1).Contains(MailboxName.Delimiter))),
            GroupKind.Mailboxes => Names.Contains(mailbox.Path, StringComparer.Ordinal),
            _ => false,
        };

        private static bool IsBelow(string path, string name) =>
            name.Length == 0 || (path.Length > name.Length && path[name.Length] == MailboxName.Delimiter && path.StartsWith(name, StringComparison.Ordinal));
    }
}
