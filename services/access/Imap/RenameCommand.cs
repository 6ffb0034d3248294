namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.5 RENAME.</summary>
internal sealed record RenameCommand(string From, string To) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var from = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        return new RenameCommand(from, MailboxName.ParseForCreate(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var (from, to) = await session.Backend.Access.RenameAsync(session.Identity, From, To);
        // RFC 9051 §6.3.6: a client that called one of them otherwise is told both. INBOX stays where it is.
        if (session.Enabled.Imap4Rev2 && from != MailboxName.Inbox && (from != From || to != To))
            ListEntry.WriteName(session.Writer, to, From);
        if (session.View is { } view)
            await view.RefreshAsync(); // renaming INBOX takes its messages away
        return Completion.Ok("Rename completed");
    }
}
