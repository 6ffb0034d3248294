using MailMesh.AdminApi;
using MailMesh.ErrorQueues;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/errors: what the services of a mesh could not process.</summary>
internal static class ErrorsApi
{
    private const string NoQueues = "This server has no error queues: in standalone the spool tries again what failed.";

    public static void Map(IEndpointRouteBuilder api)
    {
        var errors = api.MapGroup("/errors").AddEndpointFilter(RefuseAsync);
        errors.MapGet("", ListAsync);
        errors.MapGet("/{id}", ShowAsync);
        errors.MapPost("/retry", (string? queue, ErrorDesk desk, CancellationToken cancel) => ChangeAsync("retry", desk.RetryAsync(From(queue), cancel)));
        errors.MapPost("/{id}/retry", (string id, ErrorDesk desk, CancellationToken cancel) => ChangeOneAsync(id, "retry", desk, desk.RetryAsync(Named(id), cancel)));
        errors.MapDelete("", (string? queue, ErrorDesk desk, CancellationToken cancel) => ChangeAsync("delete", desk.DeleteAsync(From(queue), cancel)));
        errors.MapDelete("/{id}", (string id, ErrorDesk desk, CancellationToken cancel) => ChangeOneAsync(id, "delete", desk, desk.DeleteAsync(Named(id), cancel)));
    }

    private static async ValueTask<object?> RefuseAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (ErrorQueuesBusyException busy)
        {
            return Replies.Conflict(busy.Message);
        }
        catch (IOException)
        {
            return Replies.Unavailable("The broker does not answer; see /health/ready and the server's log, and try again.");
        }
    }

    private static async Task<IResult> ListAsync(HttpContext http, string? queue, ErrorDesk desk, CancellationToken cancel)
    {
        var (page, refusal) = PageQuery.Read(http);
        return page is null ? refusal! : Replies.Ok(await desk.PageAsync(page, queue, cancel), AdminJson.Default.PageErrorView);
    }

    private static async Task<IResult> ShowAsync(string id, ErrorDesk desk, CancellationToken cancel) =>
        await desk.FindAsync(id, cancel) is { } details ? Replies.Ok(details, AdminJson.Default.ErrorDetails) : NoError(id, desk);

    private static async Task<IResult> ChangeAsync(string verb, Task<ErrorChange> change)
    {
        var done = await change;
        return Replies.Ok(new ErrorsChange(verb, done.Changed, done.Refused), AdminJson.Default.ErrorsChange);
    }

    private static async Task<IResult> ChangeOneAsync(string id, string verb, ErrorDesk desk, Task<ErrorChange> change) => await change switch
    {
        { Changed: 0, Refused: > 0 } => Replies.Conflict($"'{id}' cannot be handed on: the queue that it came from is not there. Start the service that consumes it."),
        { Changed: 0 } => NoError(id, desk),
        _ => await ChangeAsync(verb, change),
    };

    private static Func<FailedMessage, bool> From(string? queue) => message => queue is null || message.Queue == queue;

    private static Func<FailedMessage, bool> Named(string id) => message => message.Id == id;

    private static IResult NoError(string id, ErrorDesk desk) => Replies.NotFound(desk.HasQueues ? $"There is no message '{id}' in an error queue." : NoQueues);
}
