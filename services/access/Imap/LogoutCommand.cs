namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.1.3 LOGOUT.</summary>
internal sealed record LogoutCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new LogoutCommand();
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        await session.ByeAsync("Logging out");
        return Completion.Ok("Logout completed");
    }
}
