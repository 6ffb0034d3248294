using MailMesh.AdminApi;
using MailMesh.Tracking;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/messages: what happened to messages.</summary>
internal static class TrackingApi
{
    private static readonly TimeSpan DefaultWindow = TimeSpan.FromDays(1);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/messages", SearchAsync);
        api.MapGet("/messages/{id}", StoryAsync);
    }

    private static async Task<IResult> StoryAsync(string id, TrackingLog tracking)
    {
        if (id.Length != 32 || !id.All(char.IsAsciiHexDigit))
            return Replies.BadRequest($"'{id}' is no id of a message: those have 32 hexadecimal digits, as the 250 reply shows them.");
        var messageId = id.ToLowerInvariant();
        var story = await tracking.ReadAsync(messageId);
        return story.Count == 0
            ? Replies.NotFound($"No message {messageId} is known.")
            : Replies.Ok(new MessageStory(messageId, [.. story.Select(View)]), AdminJson.Default.MessageStory);
    }

    private static async Task<IResult> SearchAsync(HttpContext http, MessageSearch search, TimeProvider clock, CancellationToken cancel)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var query = http.Request.Query;
        var now = clock.GetUtcNow();
        if (!TryMoment(query["until"].FirstOrDefault(), now, out var until))
            return NoMoment("until", query["until"]);
        if (!TryMoment(query["since"].FirstOrDefault(), until - DefaultWindow, out var since))
            return NoMoment("since", query["since"]);
        if (page.After is { } mark && !long.TryParse(mark, out _))
            return Replies.BadRequest($"after is '{mark}', but takes the mark of the page before.");
        var wanted = new MessageSearch.Wanted(query["sender"].FirstOrDefault(), query["recipient"].FirstOrDefault(), since, until);
        return Replies.Ok(await search.FindAsync(wanted, page, cancel), AdminJson.Default.PageFoundMessage);
    }

    private static bool TryMoment(string? text, DateTimeOffset absent, out DateTimeOffset moment)
    {
        moment = absent;
        return text is null || DateTimeOffset.TryParse(text, null, System.Globalization.DateTimeStyles.AssumeUniversal, out moment);
    }

    private static IResult NoMoment(string name, string? text) => Replies.BadRequest($"{name} is '{text}', but takes a moment such as 2026-01-31T09:00:00Z.");

    private static StoryEvent View(TrackingEvent step) => new(step.At, step.Service, step.Event, step.Recipient, step.Detail);
}
