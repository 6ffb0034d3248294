using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4314 §3.1 SETACL.</summary>
internal sealed record SetAclCommand(string Mailbox, string Identifier, FlagOperation Operation, MailboxRights Rights) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        var (mailbox, identifier) = ParseEntry(ref scanner);
        scanner.ExpectSpace();
        var change = scanner.Astring();
        var operation = change.StartsWith('+') ? FlagOperation.Add : change.StartsWith('-') ? FlagOperation.Remove : FlagOperation.Replace;
        var rights = MailboxRightsText.Parse(operation == FlagOperation.Replace ? change : change[1..]);
        // §3.1: an unrecognized right is BAD.
        if (rights is null)
            scanner.Fail("No such right");
        return new SetAclCommand(mailbox, identifier, operation, rights ?? MailboxRights.None);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Administer);
        await session.Backend.Rights.SetAsync(mailbox.Mailbox.Id, mailbox.Owner, Identifier, Operation, Rights);
        return Completion.Ok("Setacl completed");
    }

    /// <summary>A mailbox, and who has rights there.</summary>
    public static (string Mailbox, string Identifier) ParseEntry(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        return (mailbox, scanner.Astring());
    }
}
