using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace MailMesh.Admin;

/// <summary>Stands before every endpoint of the API: checks the token, keeps the audit log, answers when the database is away.</summary>
internal sealed partial class AdminGate(AdminToken token, ILogger<AdminGate> log) : IEndpointFilter
{
    private const string Scheme = "Bearer ";

    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        var started = Stopwatch.GetTimestamp();
        var result = IsAuthorized(http) ? await AnswerAsync(context, next) : Denied(http);
        var status = (result as IStatusCodeHttpResult)?.StatusCode ?? StatusCodes.Status200OK;
        AdminMetrics.Served(http.Request.Method, status, Stopwatch.GetElapsedTime(started));
        if (!HttpMethods.IsGet(http.Request.Method))
            LogChange(log, http.Request.Method, http.Request.Path, status, http.Connection.RemoteIpAddress);
        return result;
    }

    private bool IsAuthorized(HttpContext http) =>
        http.Request.Headers.Authorization is [{ } header] && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && token.Matches(header[Scheme.Length..].Trim());

    private static IResult Denied(HttpContext http)
    {
        http.Response.Headers.WWWAuthenticate = "Bearer"; // RFC 9110 §11.6.1
        return Replies.Unauthorized();
    }

    private async ValueTask<object?> AnswerAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        context.HttpContext.Response.Headers.CacheControl = "no-store";
        try
        {
            return await next(context);
        }
        catch (Exception failure) when (failure is AuthenticationBusyException || PassingFaults.IsPassing(failure) && !context.HttpContext.RequestAborted.IsCancellationRequested)
        {
            LogUnavailable(log, failure, context.HttpContext.Request.Method, context.HttpContext.Request.Path);
            return Replies.Unavailable();
        }
    }

    [LoggerMessage(7001, LogLevel.Information, "{Method} {Path} from {Remote}: {Status}")]
    private static partial void LogChange(ILogger log, string method, PathString path, int status, System.Net.IPAddress? remote);

    [LoggerMessage(7002, LogLevel.Error, "{Method} {Path} found something away that it depends on")]
    private static partial void LogUnavailable(ILogger log, Exception failure, string method, PathString path);
}
