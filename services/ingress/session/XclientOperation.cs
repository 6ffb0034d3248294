using System.Net;
using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>XCLIENT: the session begins again, as the client that the trusted peer names. Several add up: a line is too short for all attributes.</summary>
internal static class XclientOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, XclientCommand command, CancellationToken stopping)
    {
        if (!session.MayXclient)
            return Replies.XclientDenied;
        var connection = session.Connection;
        var remote = new IPEndPoint(command.Address ?? connection.Remote.Address, command.Port ?? connection.Remote.Port);
        // Another address is another client: what was said of the one before is not for it.
        var isAnother = !remote.Address.Equals(connection.Remote.Address);
        var client = Known(isAnother ? SessionClient.Stranger : session.Client, command);
        if (command.Login is { } login)
        {
            var (account, refusal) = await AccountAsync(session, login);
            if (refusal is not null)
                return refusal;
            client = client with { Account = account };
        }
        connection.Remote = remote;
        connection.Local = new IPEndPoint(command.LocalAddress ?? connection.Local.Address, command.LocalPort ?? connection.Local.Port);
        session.Client = client;
        session.SpeaksForAnother = true;
        session.AuthFailures = 0;
        session.State = new SessionState.Connected();
        return await BeginAsync(session, isAnother, stopping) ?? Replies.Greeting(session.Server.Hostname, session.Listener);
    }

    private static SessionClient Known(SessionClient client, XclientCommand command) => client with
    {
        Name = command.Name ?? client.Name,
        Helo = command.Helo switch { null => client.Helo, "" => null, var said => said },
        IsExtended = command.IsExtended ?? client.IsExtended,
    };

    private static async Task<(AuthenticatedAccount?, Reply?)> AccountAsync(SmtpSession session, string login)
    {
        if (login.Length == 0)
            return (null, null);
        try
        {
            return await session.Server.InTimeAsync(session.Server.Accounts.ResolveAsync(login)) is AddressResolution.LocalAccount found && found.Address.Equals(login, StringComparison.OrdinalIgnoreCase)
                ? (new AuthenticatedAccount(found.AccountId, found.Address), null)
                : (null, Replies.XclientLoginUnknown);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(session.Server.Log, failure, "");
            return (null, Replies.AuthUnavailable);
        }
    }

    /// <summary>Asks of the client what is asked of one that connects; the refusal, or null.</summary>
    private static async Task<Reply?> BeginAsync(SmtpSession session, bool isAnother, CancellationToken stopping)
    {
        if (await session.Server.AdmitAsync(session) is { } notAdmitted)
            return notAdmitted;
        if (!isAnother)
            session.Policy.ToldMore();
        else if (await session.Policy.ConnectAsync(stopping) is { } notGreeted)
            return notGreeted;
        if (session.Client.HelloOn(session.Listener) is not { } hello)
            return null;
        if (session.Policy.Hello(hello) is { } notBelieved)
            return notBelieved;
        session.State = new SessionState.Greeted(hello, session.Client.Account);
        return null;
    }
}
