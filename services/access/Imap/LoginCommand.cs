namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.2.3 LOGIN.</summary>
internal sealed class LoginCommand(string user, string password) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var user = scanner.Astring();
        scanner.ExpectSpace();
        return new LoginCommand(user, scanner.Astring());
    }

    public ValueTask<Completion> RunAsync(ImapSession session) => session.MayLogIn
        ? Credentials.CheckAsync(session, user, password)
        : ValueTask.FromResult(Credentials.PrivacyRequired);
}
