using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4314 §3.5 MYRIGHTS.</summary>
internal sealed record MyRightsCommand(string Mailbox) : IImapCommand
{
    /// <summary>§4: any of these lets a user ask.</summary>
    private const MailboxRights Asking =
        MailboxRights.Lookup | MailboxRights.Read | MailboxRights.Insert | MailboxRights.Create | MailboxRights.Delete | MailboxRights.Administer;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new MyRightsCommand(MailboxName.Parse(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.None);
        if ((mailbox.Rights & Asking) == 0)
            return Completion.No("No such mailbox", "NONEXISTENT");
        Write(session.Writer, mailbox);
        return Completion.Ok("Myrights completed");
    }

    public static void Write(ImapWriter writer, ReachedMailbox mailbox)
    {
        writer.Write("* MYRIGHTS "u8);
        writer.Mailbox(mailbox.Path);
        writer.Write(' ');
        writer.Write(MailboxRightsText.FormatForClients(mailbox.Rights));
        writer.CrLf();
    }
}
