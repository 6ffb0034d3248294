using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4467 §7 RESETKEY: no URL that was authorized before leads anywhere.</summary>
/// <param name="Mailbox">Null for all of the account.</param>
internal sealed record ResetKeyCommand(string? Mailbox) : IImapCommand
{
    private const int MaxMechanisms = 10;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        string? mailbox = null;
        if (scanner.Take(' ') && !scanner.AtEnd)
            mailbox = MailboxName.Parse(ref scanner);
        // Every mechanism uses the one key.
        for (var i = 0; i < MaxMechanisms && scanner.Take(' ') && !scanner.AtEnd; i++)
            _ = scanner.Keyword();
        return new ResetKeyCommand(mailbox);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        long? mailboxId = null;
        if (Mailbox is not null)
            mailboxId = (await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Read)).Mailbox.Id;
        await session.Backend.Keys.ResetAsync(session.Account.Id, mailboxId);
        return mailboxId is null ? Completion.Ok("Keys are gone") : Completion.Ok("Key is gone", $"URLMECH {UrlToken.Mechanism}");
    }
}
