namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.2.1 STARTTLS.</summary>
internal sealed record StartTlsCommand : IImapCommand
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new StartTlsCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (session.Connection.IsTls)
            return ValueTask.FromResult(Completion.Bad("TLS is active already"));
        session.AfterReply(async () =>
        {
            session.Connection.DropBuffered();
            await session.Writer.FlushAsync();
            await session.Connection.StartTlsAsync(session.Server.Certificate.ServerOptions, HandshakeTimeout, cancellationToken: session.Stopping);
        });
        return ValueTask.FromResult(Completion.Ok("Begin TLS negotiation now"));
    }
}
