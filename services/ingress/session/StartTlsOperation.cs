namespace MailMesh.Ingress.Session;

/// <summary>RFC 3207: TLS, then a session that knows nothing of what came before it.</summary>
internal static class StartTlsOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, CancellationToken stopping)
    {
        if (session.Connection.IsTls)
            return Replies.TlsActive;
        session.Connection.DropBuffered();
        await session.SendAsync(Replies.ReadyForTls);
        await session.Server.Certificate.HandshakeAsync(session.Connection, session.Listener.Name, session.Listener.IsSubmission, stopping);
        // RFC 3207 §4.2: what was said in clear counts no more; the address is the connection's.
        session.Client = session.Client with { Helo = null, IsExtended = true, Account = null };
        session.State = new SessionState.Connected();
        return Reply.None;
    }
}
