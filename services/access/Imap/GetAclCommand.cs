using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4314 §3.3 GETACL.</summary>
internal sealed record GetAclCommand(string Mailbox) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new GetAclCommand(MailboxName.Parse(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Administer);
        var writer = session.Writer;
        var entries = await session.Backend.Rights.GetAsync(mailbox.Mailbox.Id, mailbox.Owner);
        writer.Write("* ACL "u8);
        writer.Mailbox(mailbox.Path);
        foreach (var entry in entries)
        {
            writer.Write(' ');
            writer.String(entry.Identifier);
            writer.Write(' ');
            writer.String(MailboxRightsText.FormatForClients(entry.Rights));
        }
        writer.CrLf();
        return Completion.Ok("Getacl completed");
    }
}
