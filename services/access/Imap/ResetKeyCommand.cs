using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 4467 §7 RESETKEY: no URL that was authorized before leads anywhere.</summary>
/// <param name="Mailbox">Null for all of the account.</param>
/// <param name="Mechanisms">Those whose key is meant; all where there are none. Every mechanism of ours uses the one key.</param>
internal sealed record ResetKeyCommand(string? Mailbox, IReadOnlyList<string> Mechanisms) : IImapCommand
{
    private const int MaxMechanisms = 10;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        string? mailbox = null;
        if (scanner.Take(' ') && !scanner.AtEnd)
            mailbox = MailboxName.Parse(ref scanner);
        var mechanisms = new List<string>();
        while (mechanisms.Count < MaxMechanisms && scanner.Take(' ') && !scanner.AtEnd)
            mechanisms.Add(scanner.Keyword());
        return new ResetKeyCommand(mailbox, mechanisms);
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Mechanisms.Any(mechanism => mechanism != UrlToken.Mechanism))
            return UrlToken.UnknownMechanism;
        long? mailboxId = null;
        if (Mailbox is not null)
            mailboxId = (await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Read)).Mailbox.Id;
        await session.Backend.Keys.ResetAsync(session.Account.Id, mailboxId);
        return mailboxId is null ? Completion.Ok("Keys are gone") : Completion.Ok("Key is gone", $"URLMECH {UrlToken.Mechanism}");
    }
}
