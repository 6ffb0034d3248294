namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.9 LSUB: subscribed names, whether they exist or not.</summary>
internal sealed record LsubCommand(MailboxPattern Pattern) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var reference = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        return new LsubCommand(MailboxPattern.Parse(ref scanner, reference));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var subscribed = await session.Backend.Directory.SubscriptionsAsync(session.Account.Id);
        var mailboxes = await session.Backend.Access.ListAsync(session.Identity);
        var noSelect = mailboxes.Where(m => m.Mailbox.NoSelect).Select(m => m.Path).ToHashSet(StringComparer.Ordinal);
        var matching = new SortedSet<string>(subscribed.Where(Pattern.Matches), StringComparer.Ordinal);
        foreach (var name in matching)
            Write(session.Writer, name, noSelect.Contains(name));
        if (!Pattern.HasPercent)
            return Completion.Ok("Lsub completed");
        // §6.3.9: where % stops above a subscribed name, the name it stops at is told as \Noselect.
        var superiors = MailboxTree.Superiors(subscribed.Where(name => !matching.Contains(name)));
        foreach (var name in superiors.Where(name => !matching.Contains(name) && Pattern.Matches(name)).Order(StringComparer.Ordinal))
            Write(session.Writer, name, noSelect: true);
        return Completion.Ok("Lsub completed");
    }

    private static void Write(ImapWriter writer, string name, bool noSelect)
    {
        writer.Write(noSelect ? "* LSUB (\\Noselect) \"/\" "u8 : "* LSUB () \"/\" "u8);
        writer.Mailbox(name);
        writer.CrLf();
    }
}
