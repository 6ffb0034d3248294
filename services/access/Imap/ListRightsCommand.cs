using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4314 §3.4 LISTRIGHTS: the owner always has every right, and each can be given to others by itself.</summary>
internal sealed record ListRightsCommand(string Mailbox, string Identifier) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        return new ListRightsCommand(mailbox, scanner.Astring());
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Administer);
        if (RightsHolder.Parse(Identifier, mailbox.Owner) is not { } holder)
            return Completion.No("That is no identifier", "CANNOT");
        var all = MailboxRightsText.FormatForClients(MailboxRights.All);
        var writer = session.Writer;
        writer.Write("* LISTRIGHTS "u8);
        writer.Mailbox(mailbox.Path);
        writer.Write(' ');
        writer.String(Identifier);
        writer.Write(holder == mailbox.Owner ? $" {all}" : $" \"\" {string.Join(' ', all.ToCharArray())}");
        writer.CrLf();
        return Completion.Ok("Listrights completed");
    }
}
