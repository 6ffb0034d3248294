namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.2.1 STARTTLS.</summary>
internal sealed record StartTlsCommand : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        _ = scanner;
        return new StartTlsCommand();
    }

    public ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (session.Connection.IsDeflated) // after UNAUTHENTICATE; RFC 4978 §3: TLS comes first
            return ValueTask.FromResult(Completion.Bad("Compression is active: TLS has to come before it"));
        if (session.Connection.IsTls)
            return ValueTask.FromResult(Completion.Bad("TLS is active already"));
        session.AfterReply(async () =>
        {
            session.Connection.DropBuffered();
            await session.Writer.FlushAsync();
            await session.Server.Certificate.HandshakeAsync(session.Connection, ImapListeners.Clear, isForUsers: true, cancellationToken: session.Stopping);
        });
        return ValueTask.FromResult(Completion.Ok("Begin TLS negotiation now"));
    }
}
