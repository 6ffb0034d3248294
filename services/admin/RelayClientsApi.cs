using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/relay-clients: networks that may send to anybody without authentication.</summary>
internal static class RelayClientsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/relay-clients", ListAsync);
        api.MapPost("/relay-clients", AddAsync);
        api.MapDelete("/relay-clients", RemoveAsync); // by query: a network has a slash
    }

    private static async Task<IResult> ListAsync(HttpContext http, RelayClientAdministration clients)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await clients.ListAsync(page.After ?? "", page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Network, View), AdminJson.Default.PageRelayClientView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, RelayClientAdministration clients, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewRelayClient);
        if (body is null)
            return refusal!;
        var outcome = await clients.AddAsync(new Accounts.NewRelayClient(body.Network, body.Description, body.Sender, body.MessagesPerDay), cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.RelayClientView) : Replies.Refused(outcome);
    }

    private static async Task<IResult> RemoveAsync(string network, RelayClientAdministration clients, CancellationToken cancel)
    {
        var outcome = await clients.RemoveAsync(network, cancel);
        return outcome.Done ? Replies.Ok(View(outcome.Value), AdminJson.Default.RelayClientView) : Replies.Refused(outcome);
    }

    private static RelayClientView View(RelayClientInfo row) => new(row.Network, row.Description, row.Sender, row.MessagesPerDay, row.CreatedAt);
}
