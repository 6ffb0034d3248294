using System.Net;
using System.Text;
using MailMesh.Accounts;
using MailMesh.Bans;
using MailMesh.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailMesh.Admin;

/// <summary>
/// Stands before the endpoints that users call: HTTP Basic (RFC 7617) with an account and its password, and the code of its second factor where it has one, or the
/// token of a session (RFC 6750); under the bans of every login.
/// </summary>
internal sealed partial class UserGate(LoginGuard logins, WebSessions sessions, ILogger<UserGate> log) : IEndpointFilter
{
    private const string Scheme = "Basic ";

    private const string SessionScheme = "Bearer ";

    private const string CodeField = "MailMesh-Code";

    /// <summary>Longest Authorization field that is looked at, octets.</summary>
    private const int MaxCredentials = 4096;

    private static readonly object AccountKey = new();

    /// <summary>Who asks.</summary>
    public static AuthenticatedAccount AccountOf(HttpContext http) => (AuthenticatedAccount)http.Items[AccountKey]!;

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        http.Response.Headers.CacheControl = "no-store";
        try
        {
            var remote = http.Connection.RemoteIpAddress ?? IPAddress.Loopback;
            var login = await LogInAsync(http, remote);
            if (login.NeedsSecondFactor)
                return Denied(http, Replies.SecondFactorNeeded());
            if (login.Account is null)
                return Denied(http, Replies.WhoAreYou());
            http.Items[AccountKey] = login.Account;
            return await next(context);
        }
        catch (Exception failure) when (failure is AuthenticationBusyException || PassingFaults.IsPassing(failure) && !http.RequestAborted.IsCancellationRequested)
        {
            LogUnavailable(log, failure.GetBaseException().Message, http.Request.Method, http.Request.Path);
            return Replies.Unavailable();
        }
    }

    private async Task<LoginOutcome> LogInAsync(HttpContext http, IPAddress remote)
    {
        if (http.Request.Headers.Authorization is [{ Length: <= MaxCredentials } field] && field.StartsWith(SessionScheme, StringComparison.OrdinalIgnoreCase))
            return new LoginOutcome(await sessions.FindAsync(field[SessionScheme.Length..].Trim()), IsBanned: false);
        if (Credentials(http) is not var (user, password))
            return default;
        var code = http.Request.Headers[CodeField].FirstOrDefault();
        var login = await logins.AuthenticateForWebAsync(remote, user, password, code, http.RequestAborted);
        if (login is { Account: null, NeedsSecondFactor: false })
            LogDenied(log, remote);
        return login;
    }

    private static IResult Denied(HttpContext http, IResult why)
    {
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"MailMesh\", charset=\"UTF-8\""; // RFC 7617 §2.1
        return why;
    }

    private static (string User, string Password)? Credentials(HttpContext http)
    {
        if (http.Request.Headers.Authorization is not [{ Length: <= MaxCredentials } header] || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return null;
        var octets = new byte[MaxCredentials];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), octets, out var count))
            return null;
        var text = Encoding.UTF8.GetString(octets, 0, count);
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 ? (text[..colon], text[(colon + 1)..]) : null;
    }

    [LoggerMessage(7003, LogLevel.Information, "A user of the API from {Remote} was not let in")]
    private static partial void LogDenied(ILogger log, IPAddress remote);

    [LoggerMessage(7004, LogLevel.Error, "{Method} {Path} of a user found something away that it depends on: {Reason}")]
    private static partial void LogUnavailable(ILogger log, string reason, string method, PathString path);
}
