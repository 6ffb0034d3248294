using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/aliases</summary>
internal static class AliasesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/aliases", ListAsync);
        api.MapPost("/aliases", AddAsync);
        api.MapDelete("/aliases/{source}", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AccountAdministration directory)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await directory.ListAliasesAsync(http.Request.Query["domain"].FirstOrDefault(), page.AfterPair, page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => PageQuery.PairOf(row.Source, row.Target), View), AdminJson.Default.PageAliasView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewAlias);
        if (body is null)
            return refusal!;
        var outcome = await directory.AddAliasAsync(body.Source, body.Target, cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.AliasView) : Replies.Refused(outcome);
    }

    private static async Task<IResult> RemoveAsync(string source, HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var outcome = await directory.RemoveAliasAsync(source, http.Request.Query["target"].FirstOrDefault(), cancel);
        return outcome.Done
            ? Replies.Ok(new RemovedAlias(outcome.Value.Aliases[0].Source, [.. outcome.Value.Aliases.Select(a => a.Target)]), AdminJson.Default.RemovedAlias)
            : Replies.Refused(outcome);
    }

    private static AliasView View(AliasInfo row) => new(row.Source, row.Target, row.CreatedAt);
}
