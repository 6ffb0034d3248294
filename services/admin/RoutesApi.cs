using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/routes: the password goes in and never comes out.</summary>
internal static class RoutesApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/routes", ListAsync);
        api.MapPost("/routes", AddAsync);
        api.MapDelete("/routes/{domain}", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AccountAdministration directory)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await directory.ListRoutesAsync(page.After ?? "", page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Domain, View), AdminJson.Default.PageRouteView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewRoute);
        if (body is null)
            return refusal!;
        if (string.IsNullOrEmpty(body.Username) != string.IsNullOrEmpty(body.Password))
            return Replies.BadRequest("A route has both username and password, or neither.");
        var outcome = await directory.AddRouteAsync(new Accounts.NewRoute(body.Domain, body.Host, body.Port, body.Username, body.Password), cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.RouteView) : Replies.Refused(outcome);
    }

    private static async Task<IResult> RemoveAsync(string domain, AccountAdministration directory, CancellationToken cancel)
    {
        var outcome = await directory.RemoveRouteAsync(domain, cancel);
        return outcome.Done ? Replies.Ok(View(outcome.Value), AdminJson.Default.RouteView) : Replies.Refused(outcome);
    }

    private static RouteView View(RouteInfo row) => new(row.Domain, row.Host, row.Port, row.Username, row.CreatedAt);
}
