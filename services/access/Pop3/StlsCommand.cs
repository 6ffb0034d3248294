namespace MailMesh.Access.Pop3;

/// <summary>RFC 2595 §4 STLS.</summary>
internal static class StlsCommand
{
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
        await session.Server.Certificate.HandshakeAsync(session.Connection, Pop3Listeners.Clear, isForUsers: true, cancellationToken: session.Stopping);
        session.State = new Pop3State.Authorization(User: null); // what was said in clear counts no more
        session.TakesUtf8 = false;
    }
}
