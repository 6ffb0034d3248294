namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.1.2 NOOP and §6.4.1 CHECK: the moment to hear what is new, as the database is now.</summary>
internal sealed record NoopCommand(string Name) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new NoopCommand("NOOP");
    }

    public static IImapCommand ParseCheck(ref ImapScanner scanner)
    {
        _ = scanner;
        return new NoopCommand("CHECK");
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (session.View is { } view)
            await view.RefreshAsync();
        return Completion.Ok($"{Name} completed");
    }
}
