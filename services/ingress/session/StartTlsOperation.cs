namespace MailMesh.Ingress.Session;

/// <summary>RFC 3207: TLS, then a session that knows nothing of what came before it.</summary>
internal static class StartTlsOperation
{
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    public static async ValueTask<Reply> RunAsync(SmtpSession session, CancellationToken stopping)
    {
        if (session.Connection.IsTls)
            return Replies.TlsActive;
        session.Connection.DropBuffered();
        await session.SendAsync(Replies.ReadyForTls);
        var certificate = session.Server.Certificate;
        var options = session.Listener.IsSubmission ? certificate.UserOptions : certificate.ServerOptions;
        await session.Connection.StartTlsAsync(options, HandshakeTimeout, cancellationToken: stopping);
        session.State = new SessionState.Connected();
        return Reply.None;
    }
}
