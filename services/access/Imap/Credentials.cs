using MailMesh.Accounts;
using MailMesh.Bans;

namespace MailMesh.Access.Imap;

/// <summary>How a login ends, by LOGIN or AUTHENTICATE.</summary>
internal static class Credentials
{
    /// <summary>RFC 5530: a password is not taken in clear.</summary>
    public static readonly Completion PrivacyRequired = Completion.No("Start TLS first", "PRIVACYREQUIRED");

    /// <summary>Nobody can tell now who this is.</summary>
    public static readonly Completion Busy = Completion.No("Logins cannot be checked at the moment; try again", "UNAVAILABLE");

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
            return Busy;
        }
        if (login.IsBanned)
            return RefuseBanned();
        return login.Account is { } account ? Enter(session, account) : await RefuseAsync(session, user);
    }

    public static Completion Enter(ImapSession session, AuthenticatedAccount account)
    {
        ImapMetrics.Login(true);
        // RFC 3501 §6.2.3: the capabilities after login, to save the client a command.
        return session.TryEnter(account)
            ? Completion.Ok("Logged in", $"CAPABILITY {CapabilityCommand.Of(session)}")
            : Completion.No("Too many sessions of this account", "LIMIT");
    }

    public static Completion RefuseBanned()
    {
        ImapMetrics.Login(false);
        return Banned;
    }

    /// <param name="user">As the client named itself.</param>
    public static async ValueTask<Completion> RefuseAsync(ImapSession session, string user)
    {
        ImapMetrics.Login(false);
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
