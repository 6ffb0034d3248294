namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.4 DELETE.</summary>
internal sealed record DeleteCommand(string Mailbox) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new DeleteCommand(MailboxName.Parse(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var access = session.Backend.Access;
        // By id: the selected mailbox may have been renamed since.
        var deleted = session.View is not null || session.Enabled.Imap4Rev2 ? await access.FindAsync(session.Identity, Mailbox) : null;
        var isSelected = session.View is { } view && deleted?.Mailbox.Id == view.MailboxId;
        await access.DeleteAsync(session.Identity, Mailbox);
        // RFC 9051 §6.3.5: a client that called it otherwise is told which one went, or is held by those below it.
        if (session.Enabled.Imap4Rev2 && deleted is not null && deleted.Path != Mailbox)
            ListEntry.WriteName(session.Writer, deleted.Path, Mailbox, await access.FindAsync(session.Identity, deleted.Path) is null ? "\\NonExistent" : "\\Noselect");
        // A client that deletes the mailbox it has selected knows that it is gone.
        if (isSelected)
            await session.UnselectAsync();
        return Completion.Ok("Delete completed");
    }
}
