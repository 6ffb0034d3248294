using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5465 §8 event-group: mailboxes, and the events of them that the client wants to hear of.</summary>
/// <param name="Names">Of the filters that name mailboxes.</param>
/// <param name="Items">Of MessageNew in the selected mailbox: what is told of each new message.</param>
/// <param name="IsSupported">False where an event is not one of <see cref="NotifyEvents"/>.</param>
internal sealed record NotifyGroup(NotifyFilter Filter, IReadOnlyList<string> Names, NotifyEvents Events, IReadOnlyList<FetchItem> Items, bool IsSupported)
{
    private const int MaxItems = 50;

    private const int MaxEvents = 20;

    public bool IsSelected => Filter is NotifyFilter.Selected or NotifyFilter.SelectedDelayed;

    public static NotifyGroup Parse(ref ImapScanner scanner)
    {
        scanner.Expect('(');
        var filter = ParseFilter(ref scanner);
        scanner.ExpectSpace();
        IReadOnlyList<string> names = [];
        if (filter is NotifyFilter.Subtree or NotifyFilter.SubtreeOne or NotifyFilter.Mailboxes)
        {
            names = MailboxName.ParseSome(ref scanner, int.MaxValue); // as many as a command has room for; NotifyCommand counts them
            scanner.ExpectSpace();
        }
        var group = new NotifyGroup(filter, names, NotifyEvents.None, [], IsSupported: true);
        if (!scanner.TakeWord("NONE"))
            group = ParseEvents(ref scanner, group);
        scanner.Expect(')');
        Check(ref scanner, group);
        return group;
    }

    /// <summary>RFC 5465 §6: the mailbox is one of those that the group is about.</summary>
    public bool Covers(string path, ReachedMailbox? mailbox, IReadOnlySet<string> subscribed) => Filter switch
    {
        NotifyFilter.Inboxes => mailbox?.TakesDeliveries == true,
        NotifyFilter.Personal => !MailboxPath.IsOthers(path),
        NotifyFilter.Subscribed => subscribed.Contains(path),
        NotifyFilter.Subtree => Names.Any(name => name.Length == 0 || path == name || path.StartsWith(name + MailboxName.Delimiter, StringComparison.Ordinal)),
        NotifyFilter.SubtreeOne => Names.Any(name => path == name || IsRightBelow(path, name)),
        NotifyFilter.Mailboxes => Names.Contains(path),
        _ => false,
    };

    private static bool IsRightBelow(string path, string name)
    {
        var end = path.LastIndexOf(MailboxName.Delimiter);
        return end < 0 ? name.Length == 0 : path.AsSpan(0, end).SequenceEqual(name);
    }

    private static NotifyFilter ParseFilter(ref ImapScanner scanner)
    {
        switch (scanner.Keyword())
        {
            case "SELECTED":
                return NotifyFilter.Selected;
            case "SELECTED-DELAYED":
                return NotifyFilter.SelectedDelayed;
            case "INBOXES":
                return NotifyFilter.Inboxes;
            case "PERSONAL":
                return NotifyFilter.Personal;
            case "SUBSCRIBED":
                return NotifyFilter.Subscribed;
            case "SUBTREE":
                return NotifyFilter.Subtree;
            case "SUBTREE-ONE": // RFC 7377 §4
                return NotifyFilter.SubtreeOne;
            case "MAILBOXES":
                return NotifyFilter.Mailboxes;
            default:
                scanner.Fail("Unknown filter");
                return default;
        }
    }

    private static NotifyGroup ParseEvents(ref ImapScanner scanner, NotifyGroup group)
    {
        var (events, isSupported) = (NotifyEvents.None, true);
        IReadOnlyList<FetchItem> items = [];
        var count = 0;
        scanner.Expect('(');
        do
        {
            if (count++ == MaxEvents)
                scanner.Fail("Too many events");
            var one = Event(scanner.Keyword());
            if (one == NotifyEvents.MessageNew && scanner.TakeWord(" ("))
                items = ParseItems(ref scanner);
            isSupported &= one != NotifyEvents.None;
            events |= one;
        }
        while (!scanner.Failed && scanner.Take(' '));
        scanner.Expect(')');
        return group with { Events = events, Items = items, IsSupported = isSupported };
    }

    private static NotifyEvents Event(string name)
    {
        foreach (var one in Enum.GetValues<NotifyEvents>())
        {
            if (int.PopCount((int)one) == 1 && one.ToString().Equals(name, StringComparison.OrdinalIgnoreCase))
                return one;
        }
        return NotifyEvents.None;
    }

    private static List<FetchItem> ParseItems(ref ImapScanner scanner)
    {
        var items = new List<FetchItem>();
        do
        {
            items.AddRange(FetchItem.Parse(ref scanner, macros: false));
        }
        while (!scanner.Failed && scanner.Take(' ') && items.Count < MaxItems);
        scanner.Expect(')');
        return items;
    }

    private static void Check(ref ImapScanner scanner, NotifyGroup group)
    {
        // RFC 5465 §5: who hears of new messages hears of those that go, and who hears of flags hears of both.
        var messages = group.Events & NotifyEvents.OfMessages;
        if (messages != NotifyEvents.None && !messages.HasFlag(NotifyEvents.MessageNew | NotifyEvents.MessageExpunge))
            scanner.Fail("MessageNew and MessageExpunge belong together");
        if (group.IsSelected && group.Events != messages)
            scanner.Fail("The selected mailbox has events of messages alone");
        if (!group.IsSelected && group.Items.Count > 0)
            scanner.Fail("Only messages of the selected mailbox can be fetched");
    }
}

/// <summary>RFC 5465 §6.</summary>
internal enum NotifyFilter
{
    Selected,
    SelectedDelayed,
    Inboxes,
    Personal,
    Subscribed,
    Subtree,
    SubtreeOne,
    Mailboxes,
}
