using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/accounts</summary>
internal static class AccountsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/accounts", ListAsync);
        api.MapPost("/accounts", AddAsync);
        api.MapGet("/accounts/{address}", ShowAsync);
        api.MapPatch("/accounts/{address}", ChangeAsync);
        api.MapDelete("/accounts/{address}", RemoveAsync);
        api.MapGet("/accounts/{address}/mailboxes", MailboxesAsync);
    }

    private static async Task<IResult> ListAsync(HttpContext http, AccountAdministration directory)
    {
        var (page, refusal) = PageQuery.Read(http);
        if (page is null)
            return refusal!;
        var rows = await directory.ListAccountsAsync(http.Request.Query["domain"].FirstOrDefault(), page.After ?? "", page.Limit + 1);
        return Replies.Ok(page.Of(rows, row => row.Address, View), AdminJson.Default.PageAccountView);
    }

    private static async Task<IResult> AddAsync(HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewAccount);
        if (body is null)
            return refusal!;
        var outcome = await directory.AddAccountAsync(body.Address, body.Password, body.DisplayName, cancel);
        return outcome.Done ? Replies.Created(View(outcome.Value), AdminJson.Default.AccountView) : Replies.Refused(outcome);
    }

    private static async Task<IResult> ShowAsync(string address, AccountAdministration directory) =>
        await directory.FindAccountAsync(address) is { } row ? Replies.Ok(View(row), AdminJson.Default.AccountView) : NoAccount(address);

    /// <summary>Changes one after the other; a refusal leaves what came before it.</summary>
    private static async Task<IResult> ChangeAsync(string address, HttpContext http, AccountAdministration directory, CancellationToken cancel)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.AccountChange);
        if (body is null)
            return refusal!;
        DirectoryOutcome<AccountInfo>? outcome = null;
        if (body.Password is { } password && !(outcome = await directory.SetPasswordAsync(address, password, cancel)).Done)
            return Replies.Refused(outcome);
        if (body.DisplayName is { } name && !(outcome = await directory.SetDisplayNameAsync(address, name.Length == 0 ? null : name, cancel)).Done)
            return Replies.Refused(outcome);
        if (body.Enabled is { } enabled && !(outcome = await directory.SetEnabledAsync(address, enabled, cancel)).Done)
            return Replies.Refused(outcome);
        if ((body.QuotaBytes ?? body.QuotaMessages) is not null && !(outcome = await directory.SetQuotaAsync(address, body.QuotaBytes, body.QuotaMessages, cancel)).Done)
            return Replies.Refused(outcome);
        return outcome is { Done: true }
            ? Replies.Ok(View(outcome.Value), AdminJson.Default.AccountView)
            : Replies.BadRequest("The body changes nothing: give password, displayName, enabled, quotaBytes or quotaMessages.");
    }

    private static async Task<IResult> RemoveAsync(string address, AccountAdministration directory, MailHoldings holdings, CancellationToken cancel)
    {
        var held = await holdings.OfAccountAsync(address, cancel);
        var outcome = await directory.RemoveAccountAsync(address, cancel);
        return outcome.Done ? Replies.Ok(held with { Address = outcome.Value.Address }, AdminJson.Default.RemovedAccount) : Replies.Refused(outcome);
    }

    private static async Task<IResult> MailboxesAsync(string address, AccountAdministration directory, MailHoldings holdings, CancellationToken cancel)
    {
        if (await directory.FindAccountAsync(address) is null)
            return NoAccount(address);
        return Replies.Ok(new Page<MailboxView>(await holdings.MailboxesAsync(address, cancel), null), AdminJson.Default.PageMailboxView);
    }

    private static IResult NoAccount(string address) => Replies.NotFound($"There is no account '{address}'.");

    private static AccountView View(AccountInfo row) => new(row.Address, row.DisplayName, row.Enabled, row.CreatedAt, row.QuotaBytes, row.QuotaMessages);
}
