using System.Globalization;
using MailMesh.AdminApi;
using MailMesh.Database;
using MailMesh.Outbound;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/queue: an entry goes by its number, all entries of a message by the message's id.</summary>
internal static class QueueApi
{
    private const int MessageIdLength = 32;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/queue", ListAsync);
        api.MapGet("/queue/{id}", ShowAsync);
        api.MapPost("/queue/{id}/retry", (string id, QueueOperations queue) => ChangeAsync(id, "retry", "waiting or held", queue, filter => RetryAsync(queue, filter)));
        api.MapPost("/queue/{id}/hold", (string id, QueueOperations queue) => ChangeAsync(id, "hold", "waiting or sending", queue, queue.HoldAsync));
        api.MapPost("/queue/{id}/release", (string id, QueueOperations queue) => ChangeAsync(id, "release", "held", queue, queue.ReleaseAsync));
        api.MapDelete("/queue/{id}", (string id, bool? bounce, QueueOperations queue) =>
            ChangeAsync(id, "delete", "there", queue, filter => queue.DeleteAsync(filter, bounce ?? false)));
    }

    private static async Task<IResult> ListAsync(HttpContext http, QueueOperations queue)
    {
        var query = http.Request.Query;
        QueueState? state = null;
        if (query["state"].FirstOrDefault() is { } text && (state = StateOf(text)) is null)
            return Replies.BadRequest($"state is '{text}', but takes waiting, sending, held or failed.");
        var filter = new QueueFilter
        {
            State = state,
            Domain = query["domain"].FirstOrDefault(),
            Sender = query["sender"].FirstOrDefault(),
            Recipient = query["recipient"].FirstOrDefault(),
        };
        return await PageAsync(http, queue, filter);
    }

    private static async Task<IResult> ShowAsync(string id, HttpContext http, QueueOperations queue)
    {
        if (FilterOf(id) is not { } filter)
            return NoId(id);
        return await queue.ListAsync(filter, limit: 1) is [] ? Nothing(id) : await PageAsync(http, queue, filter);
    }

    private static async Task<IResult> PageAsync(HttpContext http, QueueOperations queue, QueueFilter filter)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        if (!long.TryParse(page.After ?? "0", NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            return Replies.BadRequest($"after is '{page.After}', but takes the mark of the page before.");
        var limit = Math.Min(page.Limit, QueueOperations.MaxPage - 1); // one more shows whether there is a next page
        var rows = await queue.ListAsync(filter, after, limit + 1);
        return Replies.Ok((page with { Limit = limit }).Of(rows, row => row.Id.ToString(CultureInfo.InvariantCulture), View), AdminJson.Default.PageQueueItem);
    }

    /// <summary>Who names an entry and wants it tried means it even where it is held.</summary>
    private static async Task<int> RetryAsync(QueueOperations queue, QueueFilter filter) => await queue.RetryAsync(filter) + await queue.ReleaseAsync(filter);

    private static async Task<IResult> ChangeAsync(string id, string verb, string fitting, QueueOperations queue, Func<QueueFilter, Task<int>> change)
    {
        if (FilterOf(id) is not { } filter)
            return NoId(id);
        var changed = await change(filter);
        if (changed > 0)
            return Replies.Ok(new QueueChange(verb, changed), AdminJson.Default.QueueChange);
        return await queue.ListAsync(filter, limit: 1) is [var row]
            ? Replies.Conflict($"Nothing to {verb}: '{id}' is {Word(row.State)}, not {fitting}.")
            : Nothing(id);
    }

    private static QueueFilter? FilterOf(string id)
    {
        if (id.Length == MessageIdLength && id.All(char.IsAsciiHexDigit))
            return new QueueFilter { MessageId = id.ToLowerInvariant() };
        return long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? new QueueFilter { Id = number } : null;
    }

    private static IResult NoId(string id) => Replies.BadRequest($"'{id}' is neither the number of a queue entry nor the id of a message.");

    private static IResult Nothing(string id) => Replies.NotFound($"Nothing waits under '{id}': it was taken by its next hop, bounced or deleted. Its story: mailmesh trace.");

    private static QueueItem View(QueueEntry row) => new(
        row.Id, row.MessageId, row.ReversePath, row.Recipient, Word(row.State), row.Attempts, row.ReceivedAt, row.NextAttemptAt, row.LastOutcome,
        row.BlobSize + row.HeaderPrefix.Length)
    {
        Priority = row.Priority,
        DeliverBy = row.DeliverBy,
        RequireTls = row.RequireTls,
    };

    private static string Word(int state) => (QueueState)state switch
    {
        QueueState.Deferred => "waiting",
        QueueState.Leased => "sending",
        QueueState.Held => "held",
        _ => "failed",
    };

    private static QueueState? StateOf(string word) => word switch
    {
        "waiting" => QueueState.Deferred,
        "sending" => QueueState.Leased,
        "held" => QueueState.Held,
        "failed" => QueueState.Failed,
        _ => null,
    };
}
