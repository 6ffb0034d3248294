using MailMesh.Accounts;
using MailMesh.AdminApi;
using MailMesh.Scheduled;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/scheduled for operators, /api/v1/me/scheduled for users: submitted mail that waits for its moment (RFC 4865).</summary>
internal static class ScheduledApi
{
    /// <summary>All accounts' mail, or that of one: account=ADDRESS.</summary>
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/scheduled", ListAllAsync);
        api.MapDelete("/scheduled/{id}", (string id, ScheduledMail scheduled) => CancelAsync(id, null, "an operator", scheduled));
        api.MapPost("/scheduled/{id}/send", (string id, ScheduledMail scheduled) => SendAsync(id, null, scheduled));
    }

    /// <summary>The mail of the user who asks.</summary>
    public static void MapOfUser(IEndpointRouteBuilder me)
    {
        me.MapGet("/scheduled", (HttpContext http, ScheduledMail scheduled) => ListAsync(http, UserGate.AccountOf(http).Id, scheduled));
        me.MapDelete("/scheduled/{id}", (string id, HttpContext http, ScheduledMail scheduled) => CancelAsync(id, UserGate.AccountOf(http).Id, "its sender", scheduled));
        me.MapPost("/scheduled/{id}/send", (string id, HttpContext http, ScheduledMail scheduled) => SendAsync(id, UserGate.AccountOf(http).Id, scheduled));
    }

    private static async Task<IResult> ListAllAsync(HttpContext http, AccountDirectory accounts, ScheduledMail scheduled)
    {
        if (http.Request.Query["account"].FirstOrDefault() is not { } address)
            return await ListAsync(http, null, scheduled);
        return await accounts.ResolveAsync(address) is AddressResolution.LocalAccount account
            ? await ListAsync(http, account.AccountId, scheduled)
            : Replies.NotFound($"There is no account {address}.");
    }

    private static async Task<IResult> ListAsync(HttpContext http, long? accountId, ScheduledMail scheduled)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        try
        {
            var rows = await scheduled.ListAsync(accountId, page.After ?? "", page.Limit + 1);
            return Replies.Ok(page.Of(rows, ScheduledMail.MarkOf, View), AdminJson.Default.PageScheduledView);
        }
        catch (FormatException)
        {
            return Replies.BadRequest($"after is '{page.After}', but takes the mark of the page before.");
        }
    }

    private static async Task<IResult> CancelAsync(string id, long? accountId, string by, ScheduledMail scheduled) =>
        await scheduled.CancelAsync(id.ToLowerInvariant(), accountId, by) ? Done(id, "cancelled") : NotHeld(id);

    private static async Task<IResult> SendAsync(string id, long? accountId, ScheduledMail scheduled) =>
        await scheduled.SendNowAsync(id.ToLowerInvariant(), accountId) ? Done(id, "sent") : NotHeld(id);

    private static IResult Done(string id, string what) => Replies.Ok(new ScheduledChange(id.ToLowerInvariant(), what), AdminJson.Default.ScheduledChange);

    private static IResult NotHeld(string id) => Replies.NotFound($"No scheduled message '{id}' waits: it has gone, or was cancelled. Its story: mailmesh trace.");

    private static ScheduledView View(ScheduledMessage row) =>
        new(row.MessageId, row.Account, row.ReversePath, row.Recipients, row.Subject, row.ReleaseAt, row.HeldAt, row.SizeBytes);
}
