using System.Text;
using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RFC 4954, with PLAIN (RFC 4616) and LOGIN. Credentials reach no log, trace or exception.</summary>
internal static class AuthOperation
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Longest delay after a failure: a client must see its answer before it gives up.</summary>
    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(30);

    public static async ValueTask<Reply> RunAsync(SmtpSession session, AuthCommand auth, CancellationToken stopping)
    {
        var greeted = (SessionState.Greeted)session.State;
        if (!session.Listener.IsSubmission)
            return Replies.AuthNotOffered;
        if (!session.Connection.IsTls)
            return Replies.AuthNeedsTls;
        if (greeted.Account is not null)
            return Replies.AlreadyAuthenticated;
        var (credentials, refusal) = auth.Mechanism switch
        {
            "PLAIN" => await PlainAsync(session, auth, stopping),
            "LOGIN" => await LoginAsync(session, auth, stopping),
            _ => (null, Replies.UnknownMechanism),
        };
        return credentials is null ? refusal! : await VerifyAsync(session, greeted, credentials, stopping);
    }

    private static async Task<(Credentials?, Reply?)> PlainAsync(SmtpSession session, AuthCommand auth, CancellationToken stopping)
    {
        var (message, refusal) = await InitialOrChallengeAsync(session, auth, "", stopping);
        if (message is null)
            return (null, refusal);
        // RFC 4616 §2: [authzid] NUL authcid NUL passwd.
        var parts = message.Split('\0');
        if (parts.Length != 3 || parts[1].Length == 0 || parts[2].Length == 0)
            return (null, Replies.BadBase64);
        // Nobody acts for somebody else here.
        var own = parts[0].Length == 0 || parts[0].Equals(parts[1], StringComparison.OrdinalIgnoreCase);
        return (new Credentials(own ? parts[1] : "", parts[2]), null);
    }

    private static async Task<(Credentials?, Reply?)> LoginAsync(SmtpSession session, AuthCommand auth, CancellationToken stopping)
    {
        var (user, refusal) = await InitialOrChallengeAsync(session, auth, "VXNlcm5hbWU6", stopping); // Username:
        if (user is null)
            return (null, refusal);
        (var password, refusal) = await ChallengeAsync(session, "UGFzc3dvcmQ6", stopping); // Password:
        return password is null ? (null, refusal) : (new Credentials(user, password), null);
    }

    private static async Task<(string?, Reply?)> InitialOrChallengeAsync(SmtpSession session, AuthCommand auth, string challenge, CancellationToken stopping)
    {
        if (auth.InitialResponse is not { } initial)
            return await ChallengeAsync(session, challenge, stopping);
        return Decode(initial == "=" ? "" : initial);
    }

    private static async Task<(string?, Reply?)> ChallengeAsync(SmtpSession session, string challenge, CancellationToken stopping)
    {
        await session.SendAsync(Replies.Challenge(challenge));
        var line = await session.Connection.ReadLineAsync(SmtpParser.MaxLineOctets, session.Server.Options.CommandTimeout, cancellationToken: stopping);
        return line.Status switch
        {
            LineStatus.TooLong => (null, Replies.AuthLineTooLong),
            LineStatus.End => (null, Reply.None),
            _ when line.Text == "*" => (null, Replies.AuthCancelled),
            _ => Decode(line.Text),
        };
    }

    private static (string?, Reply?) Decode(string base64)
    {
        try
        {
            return (StrictUtf8.GetString(Convert.FromBase64String(base64)), null);
        }
        catch (Exception failure) when (failure is FormatException or DecoderFallbackException)
        {
            return (null, Replies.BadBase64);
        }
    }

    private static async Task<Reply> VerifyAsync(SmtpSession session, SessionState.Greeted greeted, Credentials credentials, CancellationToken stopping)
    {
        var server = session.Server;
        try
        {
            var login = await server.InTimeAsync(server.Logins.AuthenticateAsync(session.Connection.Remote.Address, credentials.User, credentials.Password, stopping));
            if (login.IsBanned)
                return Replies.Banned;
            if (login.Account is not { } account)
                return await FailAsync(session, stopping);
            session.State = greeted with { Account = account };
            SessionLog.Authenticated(server.Log, account.Address, session.Connection.Remote.Address, session.Listener.Name);
            return Replies.Authenticated;
        }
        catch (AuthenticationBusyException)
        {
            return Replies.AuthUnavailable;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(server.Log, failure, "");
            return Replies.AuthUnavailable;
        }
    }

    private static async Task<Reply> FailAsync(SmtpSession session, CancellationToken stopping)
    {
        var server = session.Server;
        var remote = session.Connection.Remote.Address;
        SessionLog.AuthFailed(server.Log, remote, session.Listener.Name);
        if (!server.Limits.IsExempt(remote))
        {
            var delay = server.Options.AuthFailureDelay * Math.Pow(2, session.AuthFailures);
            await Task.Delay(delay < MaxDelay ? delay : MaxDelay, server.Clock, stopping);
        }
        return ++session.AuthFailures >= server.Options.MaxAuthFailures ? Replies.TooManyAuthFailures : Replies.AuthFailed;
    }

    /// <summary>No record: its ToString would show the password.</summary>
    private sealed class Credentials(string user, string password)
    {
        public string User { get; } = user;

        public string Password { get; } = password;
    }
}
