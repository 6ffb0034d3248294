using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.2 CLOSE, and RFC 3691 UNSELECT, which expunges nothing.</summary>
internal sealed record CloseCommand(bool Expunge) : IImapCommand
{
    public static IImapCommand ParseClose(ref ImapScanner scanner)
    {
        _ = scanner;
        return new CloseCommand(Expunge: true);
    }

    public static IImapCommand ParseUnselect(ref ImapScanner scanner)
    {
        _ = scanner;
        return new CloseCommand(Expunge: false);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        // RFC 4314 §4: without e the mailbox is closed all the same.
        if (Expunge && !view.IsReadOnly && view.Rights.HasFlag(MailboxRights.Expunge))
            await ExpungeCommand.RunAsync(view);
        await session.UnselectAsync();
        return Completion.Ok(Expunge ? "Close completed" : "Unselect completed");
    }
}
