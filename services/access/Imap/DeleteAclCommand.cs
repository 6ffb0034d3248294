using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4314 §3.2 DELETEACL.</summary>
internal sealed record DeleteAclCommand(string Mailbox, string Identifier) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var (mailbox, identifier) = SetAclCommand.ParseEntry(ref scanner);
        return new DeleteAclCommand(mailbox, identifier);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Administer);
        await session.Backend.Rights.RemoveAsync(mailbox.Mailbox.Id, mailbox.Owner, Identifier);
        return Completion.Ok("Deleteacl completed");
    }
}
