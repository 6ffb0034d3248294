using MailMesh.AdminApi;
using MailMesh.Bans;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/bans: whom no service lets in.</summary>
internal static class BansApi
{
    private const int MaxReason = 200;

    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(3650);

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/bans", ListAsync);
        api.MapPost("/bans", AddAsync);
        api.MapDelete("/bans", RemoveAsync); // by query: a network has a slash
    }

    private static async Task<IResult> ListAsync(HttpContext http, BanList bans)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await bans.ListAsync(page.After ?? "", page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Subject, row => new BanView(row.Subject, row.Until, row.Reason)), AdminJson.Default.PageBanView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, BanList bans, TimeProvider clock, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewBan);
        if (body is null)
            return refusal!;
        if (!BanSubject.TryParse(body.Subject, out var subject))
            return NoSubject(body.Subject);
        if (body.Seconds is { } seconds && (seconds < 1 || seconds > MaxTime.TotalSeconds))
            return Replies.BadRequest($"seconds is {seconds}, but takes 1 to {MaxTime.TotalSeconds}, or nothing: until it is removed.");
        if (body.Reason is { Length: > MaxReason })
            return Replies.BadRequest($"A reason has at most {MaxReason} characters.");
        var ban = new BanView(subject, body.Seconds is { } time ? clock.GetUtcNow().AddSeconds(time) : null, body.Reason ?? "by an operator");
        await bans.AddAsync(ban.Subject, ban.Until, ban.Reason, cancel);
        return Replies.Created(ban, AdminJson.Default.BanView);
    }

    private static async Task<IResult> RemoveAsync(string subject, BanList bans, CancellationToken cancel)
    {
        if (!BanSubject.TryParse(subject, out var known))
            return NoSubject(subject);
        return await bans.RemoveAsync(known, cancel)
            ? Replies.Ok(new BanView(known, null, ""), AdminJson.Default.BanView)
            : Replies.NotFound($"{known} is not banned.");
    }

    private static IResult NoSubject(string text) =>
        Replies.BadRequest($"'{text}' is no address, no network such as 192.0.2.0/24, and no account such as user@example.org.");
}
