using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/domains</summary>
internal static class DomainsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/domains", ListAsync);
        api.MapPost("/domains", AddAsync);
        api.MapDelete("/domains/{name}", RemoveAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AccountAdministration directory)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await directory.ListDomainsAsync(page.After ?? "", page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Name, View), AdminJson.Default.PageDomainView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewDomain);
        if (body is null)
            return refusal!;
        var outcome = await directory.AddDomainAsync(body.Name, cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.DomainView) : Replies.Refused(outcome);
    }

    /// <summary>A domain with accounts goes only when the request says that they go too.</summary>
    private static async Task<IResult> RemoveAsync(string name, HttpContext http, AccountAdministration directory, MailHoldings holdings, CancellationToken cancel)
    {
        var held = await holdings.OfDomainAsync(name, cancel);
        var withAccounts = http.Request.Query["withAccounts"] == "true";
        if (held.Accounts > 0 && !withAccounts)
            return Replies.Conflict(
                $"{name} has {held.Accounts} accounts with {held.Messages} messages, and {held.Aliases} aliases. "
                + $"They go with it when you ask for that: withAccounts=true (mailmesh domain remove {name} --with-accounts).");
        var outcome = await directory.RemoveDomainAsync(name, withContents: true, cancel);
        return outcome.Done
            ? Replies.Ok(new RemovedDomain(outcome.Value.Name, held.Accounts, held.Aliases, held.Mailboxes, held.Messages), AdminJson.Default.RemovedDomain)
            : Replies.Refused(outcome);
    }

    private static DomainView View(DomainInfo row) => new(row.Name, row.CreatedAt, row.Accounts, row.Aliases);
}
