using System.Net;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>XCLIENT: the session begins again, with the address that the trusted peer gave.</summary>
internal static class XclientOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, XclientCommand command, CancellationToken stopping)
    {
        if (!session.MayXclient)
            return Replies.XclientDenied;
        var remote = session.Connection.Remote;
        session.Connection.Remote = new IPEndPoint(command.Address ?? remote.Address, command.Port ?? remote.Port);
        session.State = new SessionState.Connected();
        if (await session.Server.Logins.RefusesAsync(session.Connection.Remote.Address))
            return Replies.Banned;
        return await session.Policy.ConnectAsync(stopping) ?? Replies.Greeting(session.Server.Hostname);
    }
}
