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
        var isSelected = session.View is { } view && (await access.FindAsync(session.Identity, Mailbox))?.Mailbox.Id == view.MailboxId;
        await access.DeleteAsync(session.Identity, Mailbox);
        // A client that deletes the mailbox it has selected knows that it is gone.
        if (isSelected)
            await session.UnselectAsync();
        return Completion.Ok("Delete completed");
    }
}
