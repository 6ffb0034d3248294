using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Sasl;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §7 USER and PASS, and the login that they share with AUTH.</summary>
internal static class LoginCommands
{
    public static ValueTask User(Pop3Session session, string argument)
    {
        var name = argument.Trim();
        if (!session.AllowsPasswords)
        {
            session.Error("Passwords travel under TLS only: STLS first");
        }
        else if (name.Length == 0)
        {
            session.Error("USER takes a name");
        }
        else
        {
            session.State = new Pop3State.Authorization(name);
            session.Ok("Password, please"); // for every name: nobody learns here who has mail
        }
        return ValueTask.CompletedTask;
    }

    /// <param name="password">All of the line: RFC 1939 §7 lets a password contain blanks.</param>
    public static async ValueTask PassAsync(Pop3Session session, string password)
    {
        if (session.State is not Pop3State.Authorization { User: { } user })
        {
            session.Error("USER first");
            return;
        }
        session.State = new Pop3State.Authorization(User: null);
        await LoginAsync(session, user, password);
    }

    public static async Task LoginAsync(Pop3Session session, string user, string password)
    {
        LoginOutcome login;
        try
        {
            login = await session.Server.Logins.AuthenticateAsync(session.Connection.Remote.Address, user, password, session.Stopping);
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            throw new MaildropUnavailableException(failure);
        }
        if (login.IsBanned)
            session.RefuseBanned();
        else if (login.Account is { } account)
            await OpenMaildropAsync(session, account);
        else
            await session.RefuseLoginAsync(user, "PASS");
    }

    /// <summary>The end of an exchange of SASL.</summary>
    /// <param name="user">As the client named itself.</param>
    public static async Task EndAsync(Pop3Session session, string mechanism, SaslStep step, string user)
    {
        switch (step)
        {
            case SaslStep.Accepted accepted:
                await OpenMaildropAsync(session, accepted.Account);
                break;
            case SaslStep.Refused { Reason: SaslRefusal.Malformed }:
                session.Error("Not a response of the mechanism");
                break;
            case SaslStep.Refused { Reason: SaslRefusal.Banned }:
                session.RefuseBanned();
                break;
            case SaslStep.Refused { Reason: SaslRefusal.Unavailable }:
                session.Error("[SYS/TEMP] Logins cannot be checked at the moment; try again later"); // RFC 3206
                break;
            default:
                await session.RefuseLoginAsync(user, mechanism);
                break;
        }
    }

    private static async Task OpenMaildropAsync(Pop3Session session, AuthenticatedAccount account)
    {
        // RFC 1939 §4: the maildrop is this session's alone.
        if (await session.Server.TryLockAsync(account.Id, session.Stopping) is not { } maildropLock)
        {
            Pop3Metrics.Login("in use");
            session.Error("[IN-USE] Another session has the mailbox open"); // RFC 2449 §8.1.1
            return;
        }
        if (!await session.Server.MayLogInAgainAsync(account.Id, session.Stopping))
        {
            await maildropLock.DisposeAsync();
            Pop3Metrics.Login("too soon");
            session.Error("[LOGIN-DELAY] Your mail was looked at only a moment ago"); // RFC 2449 §8.1.2
            return;
        }
        var maildrop = await Maildrop.OpenAsync(session.Server.Store, account.Id, maildropLock);
        session.State = new Pop3State.Transaction(account, maildrop);
        Pop3Metrics.Login("accepted");
        session.Ok($"{maildrop.Count} messages ({maildrop.Octets} octets)");
    }
}
