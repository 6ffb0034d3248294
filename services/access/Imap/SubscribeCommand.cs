using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.6 SUBSCRIBE and §6.3.7 UNSUBSCRIBE.</summary>
internal sealed record SubscribeCommand(string Mailbox, bool Subscribed) : IImapCommand
{
    public static IImapCommand ParseSubscribe(ref ImapScanner scanner) => Parse(ref scanner, subscribed: true);

    public static IImapCommand ParseUnsubscribe(ref ImapScanner scanner) => Parse(ref scanner, subscribed: false);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var directory = session.Backend.Directory;
        if (!Subscribed)
        {
            await directory.UnsubscribeAsync(session.Account.Id, Mailbox);
            return Completion.Ok("Unsubscribe completed");
        }
        // §6.3.6: the server may check that the name exists; a name that never did helps nobody.
        var mailbox = await session.Backend.Access.RequireAsync(session.Identity, Mailbox, MailboxRights.Lookup);
        await directory.SubscribeAsync(session.Account.Id, mailbox.Path);
        return Completion.Ok("Subscribe completed");
    }

    private static SubscribeCommand Parse(ref ImapScanner scanner, bool subscribed)
    {
        scanner.ExpectSpace();
        return new SubscribeCommand(MailboxName.Parse(ref scanner), subscribed);
    }
}
