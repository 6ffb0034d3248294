using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.1 SELECT and §6.3.2 EXAMINE.</summary>
internal sealed record SelectCommand(string Mailbox, bool ReadOnly) : IImapCommand
{
    public static IImapCommand ParseSelect(ref ImapScanner scanner) => Parse(ref scanner, readOnly: false);

    public static IImapCommand ParseExamine(ref ImapScanner scanner) => Parse(ref scanner, readOnly: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        // Even where the new one cannot be selected, the old one no longer is.
        await session.UnselectAsync();
        var view = new MailboxView(await session.Backend.Snapshots.OpenAsync(session.Account.Id, Mailbox, ReadOnly), Mailbox);
        session.Select(view);
        Describe(session.Writer, view);
        return ReadOnly
            ? Completion.Ok("Examine completed", "READ-ONLY")
            : Completion.Ok("Select completed", "READ-WRITE");
    }

    private static SelectCommand Parse(ref ImapScanner scanner, bool readOnly)
    {
        scanner.ExpectSpace();
        return new SelectCommand(MailboxName.Parse(ref scanner), readOnly);
    }

    private static void Describe(ImapWriter writer, MailboxView view)
    {
        var shown = view.Shown;
        view.WriteFlagNames(writer);
        writer.Untagged(shown.Count, "EXISTS"u8);
        writer.Untagged(view.Recent, "RECENT"u8);
        if (shown.FirstUnseen is > 0 and var unseen)
            writer.Untagged($"OK [UNSEEN {unseen}] First unseen");
        writer.Untagged($"OK [UIDVALIDITY {shown.Mailbox.UidValidity}] UIDs valid");
        writer.Untagged($"OK [UIDNEXT {shown.UidNext}] Predicted next UID");
    }
}
