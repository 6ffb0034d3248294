namespace MailMesh.Access.Pop3;

/// <summary>RFC 2595 §4 STLS.</summary>
internal static class StlsCommand
{
    /// <summary>RFC 2595 sets no time for a handshake; half a minute serves slow mobile links.</summary>
    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(30);

    public static async ValueTask RunAsync(Pop3Session session, string argument)
    {
        if (session.Connection.IsTls)
        {
            session.Error("TLS is in use already");
            return;
        }
        session.Connection.DropBuffered();
        session.Ok("Begin TLS");
        await session.SendAsync();
        await session.Connection.StartTlsAsync(session.Server.Certificate.ServerOptions, HandshakeTimeout, cancellationToken: session.Stopping);
        session.State = new Pop3State.Authorization(User: null); // what was said in clear counts no more
    }
}
