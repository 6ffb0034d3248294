using System.Net;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>XCLIENT: the session begins again, with the address that the trusted peer gave.</summary>
internal static class XclientOperation
{
    public static ValueTask<Reply> Run(SmtpSession session, XclientCommand command)
    {
        if (!session.MayXclient)
            return ValueTask.FromResult(Replies.XclientDenied);
        var remote = session.Connection.Remote;
        session.Connection.Remote = new IPEndPoint(command.Address ?? remote.Address, command.Port ?? remote.Port);
        session.State = new SessionState.Connected();
        return ValueTask.FromResult(Replies.Greeting(session.Server.Hostname));
    }
}
