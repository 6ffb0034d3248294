using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.8 LIST, with RFC 5258 options, child attributes (RFC 3348) and special uses (RFC 6154).</summary>
/// <param name="AsksDelimiter">RFC 9051 §6.3.9: an empty name in the basic syntax.</param>
internal sealed record ListCommand(IReadOnlyList<MailboxPattern> Patterns, ListOptions Options, bool AsksDelimiter) : IImapCommand
{
    private const int MaxPatterns = 100;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var options = new ListOptions();
        var isExtended = scanner.Take('(');
        if (isExtended)
        {
            options = ListOptions.ParseSelection(ref scanner);
            scanner.ExpectSpace();
        }
        var reference = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        var patterns = ParsePatterns(ref scanner, reference);
        if (scanner.TakeWord(" RETURN "))
        {
            isExtended = true;
            options = options.ParseReturn(ref scanner);
        }
        return new ListCommand(patterns, options, patterns.Count == 0 && !isExtended);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (AsksDelimiter)
        {
            // The root's name is empty, whatever the reference.
            session.Writer.Untagged("LIST (\\Noselect) \"/\" \"\"");
            return Completion.Ok("List completed");
        }
        StatusCommand.OnAsked(session, Options.ReturnStatus);
        var directory = session.Backend.Directory;
        var mailboxes = await session.Backend.Access.ListAsync(session.Identity);
        var subscribed = Options.SelectSubscribed || Options.ReturnSubscribed
            ? (await directory.SubscriptionsAsync(session.Account.Id)).ToHashSet(StringComparer.Ordinal)
            : [];
        foreach (var entry in new MailboxTree(mailboxes, subscribed).Select(Patterns, Options))
        {
            entry.Write(session.Writer);
            if (entry.Mailbox is not { Mailbox.NoSelect: false } mailbox)
                continue;
            if (Options.ReturnMyRights)
                MyRightsCommand.Write(session.Writer, mailbox);
            if (Options.ReturnMetadata.Count > 0 && GetMetadataCommand.MayUse(mailbox))
                await TellMetadataAsync(session, mailbox);
            if (Options.ReturnStatus.Count > 0 && mailbox.May(MailboxRights.Read))
                await TellStatusAsync(session, mailbox);
        }
        return Completion.Ok("List completed");
    }

    private async ValueTask TellMetadataAsync(ImapSession session, ReachedMailbox mailbox)
    {
        var found = new List<Annotation>();
        foreach (var entry in Options.ReturnMetadata.Distinct(StringComparer.Ordinal))
            found.AddRange(await GetMetadataCommand.GetAsync(session, mailbox.Mailbox, entry, AnnotationDepth.Entry));
        GetMetadataCommand.Write(session.Writer, mailbox.Path, found);
        await session.Writer.FlushIfLargeAsync();
    }

    private async ValueTask TellStatusAsync(ImapSession session, ReachedMailbox mailbox)
    {
        try
        {
            await StatusCommand.TellAsync(session, mailbox, Options.ReturnStatus);
        }
        catch (MailboxException)
        {
            // RFC 5819 §2: of a mailbox that went meanwhile there is no STATUS.
        }
    }

    /// <summary>An empty name, as a quoted string or a literal.</summary>
    private static bool TakeEmpty(ref ImapScanner scanner) => scanner.TakeWord("\"\"") || scanner.TakeWord("{0}\r\n") || scanner.TakeWord("{0+}\r\n");

    private static List<MailboxPattern> ParsePatterns(ref ImapScanner scanner, string reference)
    {
        var patterns = new List<MailboxPattern>();
        if (!scanner.Take('('))
        {
            if (!TakeEmpty(ref scanner))
                patterns.Add(MailboxPattern.Parse(ref scanner, reference));
            return patterns;
        }
        do
        {
            patterns.Add(MailboxPattern.Parse(ref scanner, reference));
            if (patterns.Count > MaxPatterns)
                scanner.Fail("Too many patterns");
        }
        while (scanner.Take(' '));
        scanner.Expect(')');
        return patterns;
    }
}
