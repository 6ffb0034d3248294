using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/grants: addresses that accounts may send with beside their own.</summary>
internal static class GrantsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/grants", ListAsync);
        api.MapPost("/grants", AddAsync);
        api.MapDelete("/grants", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, SendGrantAdministration grants)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await grants.ListAsync(http.Request.Query["account"].FirstOrDefault(), page.AfterPair, page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => PageQuery.PairOf(row.Account, row.Address), View), AdminJson.Default.PageGrantView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, SendGrantAdministration grants, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewGrant);
        if (body is null)
            return refusal!;
        var outcome = await grants.AddAsync(body.Account, body.Address, cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.GrantView) : Replies.Refused(outcome);
    }

    private static async Task<IResult> RemoveAsync(string account, string address, SendGrantAdministration grants, CancellationToken cancel)
    {
        var outcome = await grants.RemoveAsync(account, address, cancel);
        return outcome.Done ? Replies.Ok(View(outcome.Value), AdminJson.Default.GrantView) : Replies.Refused(outcome);
    }

    private static GrantView View(SendGrantInfo row) => new(row.Account, row.Address, row.CreatedAt);
}
