namespace MailMesh.Access.Imap;

/// <summary>RFC 8437 UNAUTHENTICATE: the connection is as it was before the login, for the next user of a client that serves many.</summary>
/// <remarks>TLS and compression stay, and with them a certificate that SASL EXTERNAL may use again. Nothing that was selected is expunged.</remarks>
internal sealed record UnauthenticateCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new UnauthenticateCommand();
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        await session.LeaveAccountAsync();
        return Completion.Ok("Unauthenticate completed");
    }
}
