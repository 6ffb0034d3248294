using MailMesh.Accounts;
using MailMesh.Bans;

namespace MailMesh.Access.Imap;

/// <summary>Checks a user and password of LOGIN or AUTHENTICATE.</summary>
internal static class Credentials
{
    /// <summary>RFC 5530: a password is not taken in clear.</summary>
    public static readonly Completion PrivacyRequired = Completion.No("Start TLS first", "PRIVACYREQUIRED");

    private const int MaxLoggedUser = 100;

    private static readonly Completion Wrong = Completion.No("User or password is wrong", "AUTHENTICATIONFAILED");

    private static readonly Completion Banned = Completion.No("Too many failed logins; try again later", "UNAVAILABLE");

    public static async ValueTask<Completion> CheckAsync(ImapSession session, string user, string password)
    {
        LoginOutcome login;
        try
        {
            login = await session.Backend.Logins.AuthenticateAsync(session.Connection.Remote.Address, user, password, session.Stopping);
        }
        catch (AuthenticationBusyException)
        {
            return Completion.No("Too many logins at the moment; try again", "UNAVAILABLE");
        }
        ImapMetrics.Login(login.Account is not null);
        if (login.IsBanned)
            return Banned;
        if (login.Account is not { } account)
            return await RefuseAsync(session, user);
        // RFC 3501 §6.2.3: the capabilities after login, to save the client a command.
        return session.TryEnter(account)
            ? Completion.Ok("Logged in", $"CAPABILITY {CapabilityCommand.Of(session)}")
            : Completion.No("Too many sessions of this account", "LIMIT");
    }

    private static async ValueTask<Completion> RefuseAsync(ImapSession session, string user)
    {
        ImapLog.LoginFailed(session.Server.Log, Printable(user), session.Connection.Remote);
        session.FailedLogins++;
        if (!session.IsExempt)
            await Task.Delay(TimeSpan.FromSeconds(1 << Math.Min(session.FailedLogins, 4)), session.Server.Clock, session.Stopping);
        if (session.FailedLogins >= ImapOptions.MaxFailedLogins)
            session.AfterReply(() => session.ByeAsync("Too many failed logins"));
        return Wrong;
    }

    /// <summary>What a stranger sent, so that it cannot forge a line of the log.</summary>
    private static string Printable(string user) =>
        string.Concat(user.Take(MaxLoggedUser).Select(c => char.IsControl(c) ? '?' : c));
}
