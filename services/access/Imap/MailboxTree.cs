using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>The names of an account, as LIST looks at them.</summary>
internal sealed class MailboxTree(IReadOnlyList<ReachedMailbox> mailboxes, IReadOnlySet<string> subscribed)
{
    private readonly HashSet<string> _parents = Superiors(mailboxes.Select(m => m.Path));

    /// <summary>The names that match a pattern and the selection options, in order.</summary>
    public IEnumerable<ListEntry> Select(IReadOnlyList<MailboxPattern> patterns, ListOptions options)
    {
        var byName = mailboxes.ToDictionary(m => m.Path, StringComparer.Ordinal);
        var selected = byName.Values.Where(m => IsSelected(m, options)).Select(m => m.Path).ToHashSet(StringComparer.Ordinal);
        if (options is { SelectSubscribed: true, SelectSpecialUse: false })
            selected.UnionWith(subscribed); // a subscribed name need not exist
        var superiors = options.RecursiveMatch ? Superiors(selected.Where(name => !Matches(patterns, name))) : [];
        if (!options.Selects)
            selected.UnionWith(Levels(patterns, byName));
        foreach (var name in mailboxes.Select(m => m.Path).Union(selected).Union(superiors).Where(name => Matches(patterns, name)))
        {
            var isSelected = selected.Contains(name);
            if (!isSelected && !superiors.Contains(name))
                continue;
            yield return new ListEntry(name, byName.GetValueOrDefault(name))
            {
                HasChildren = _parents.Contains(name),
                IsSubscribed = (options.SelectSubscribed || options.ReturnSubscribed) && subscribed.Contains(name),
                ChildInfo = superiors.Contains(name) && options.SelectSubscribed ? "SUBSCRIBED" : null,
            };
        }
    }

    /// <summary>RFC 3501 §6.3.8: levels above mailboxes of others that are none themselves show up where % stops at them.</summary>
    private IEnumerable<string> Levels(IReadOnlyList<MailboxPattern> patterns, Dictionary<string, ReachedMailbox> byName)
    {
        var stopping = patterns.Where(pattern => pattern.HasPercent).ToList();
        return _parents.Where(name => !byName.ContainsKey(name) && Matches(stopping, name)).Order(StringComparer.Ordinal);
    }

    /// <summary>Every name above one of these.</summary>
    public static HashSet<string> Superiors(IEnumerable<string> names)
    {
        var superiors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            for (var end = name.LastIndexOf(MailboxName.Delimiter); end > 0; end = name.LastIndexOf(MailboxName.Delimiter, end - 1))
                superiors.Add(name[..end]);
        }
        return superiors;
    }

    private bool IsSelected(ReachedMailbox mailbox, ListOptions options) =>
        (!options.SelectSubscribed || subscribed.Contains(mailbox.Path)) && (!options.SelectSpecialUse || mailbox is { IsOwn: true, Mailbox.SpecialUse: not null });

    private static bool Matches(IReadOnlyList<MailboxPattern> patterns, string name)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(name))
                return true;
        }
        return false;
    }
}

/// <summary>One LIST reply.</summary>
/// <param name="Mailbox">Null for a subscribed name that does not exist, and for a level above mailboxes that is none.</param>
internal sealed record ListEntry(string Name, ReachedMailbox? Mailbox)
{
    public bool HasChildren { get; init; }

    public bool IsSubscribed { get; init; }

    /// <summary>RFC 5258 §3.5: what a name below this one was selected by.</summary>
    public string? ChildInfo { get; init; }

    /// <summary>RFC 9051 §6.3.9.7: a name as it is, and by which other the client called it, where that was another.</summary>
    public static void WriteName(ImapWriter writer, string name, string called, string attributes = "")
    {
        writer.Write($"* LIST ({attributes}) \"/\" ");
        writer.Mailbox(name);
        if (called != name)
        {
            writer.Write(" (\"OLDNAME\" ("u8);
            writer.Mailbox(called);
            writer.Write("))"u8);
        }
        writer.CrLf();
    }

    public void Write(ImapWriter writer)
    {
        var attributes = new List<string>(4);
        if (Mailbox is null)
            attributes.Add("\\NonExistent");
        if (Mailbox is null ? HasChildren : Mailbox.Mailbox.NoSelect)
            attributes.Add("\\Noselect");
        attributes.Add(HasChildren ? "\\HasChildren" : "\\HasNoChildren");
        // RFC 6154 §2: a use is what its owner's clients file into; of another's mailbox it would lead them astray.
        if (Mailbox is { IsOwn: true, Mailbox.SpecialUse: { } use })
            attributes.Add(use);
        if (IsSubscribed)
            attributes.Add("\\Subscribed");
        writer.Write($"* LIST ({string.Join(' ', attributes)}) \"/\" ");
        writer.Mailbox(Name);
        if (ChildInfo is not null)
            writer.Write($" (\"CHILDINFO\" (\"{ChildInfo}\"))");
        writer.CrLf();
    }
}
