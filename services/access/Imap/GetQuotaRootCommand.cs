using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 9208 §4.1.2 GETQUOTAROOT: a mailbox counts for the account that owns it.</summary>
internal sealed record GetQuotaRootCommand(string Mailbox) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        return new GetQuotaRootCommand(MailboxName.Parse(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Read);
        var use = await session.Backend.Access.QuotaAsync(mailbox.Mailbox.AccountId);
        var writer = session.Writer;
        writer.Write("* QUOTAROOT "u8);
        writer.Mailbox(mailbox.Path);
        if (!GetQuotaCommand.HasLimits(use))
        {
            writer.CrLf();
            return Completion.Ok("Getquotaroot completed");
        }
        writer.Write(' ');
        writer.String(mailbox.Owner);
        writer.CrLf();
        GetQuotaCommand.Write(writer, mailbox.Owner, use);
        return Completion.Ok("Getquotaroot completed");
    }
}
