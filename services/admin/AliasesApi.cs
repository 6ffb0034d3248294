using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/aliases</summary>
internal static class AliasesApi
{
    /// <summary>No address has one, whatever its quotes hold.</summary>
    private const char MarkDivider = '\n';

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
        var mark = (page.After ?? "").Split(MarkDivider, 2);
        var rows = await directory.ListAliasesAsync(http.Request.Query["domain"].FirstOrDefault(), (mark[0], mark.Length > 1 ? mark[1] : ""), page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Source + MarkDivider + row.Target, View), AdminJson.Default.PageAliasView);
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
