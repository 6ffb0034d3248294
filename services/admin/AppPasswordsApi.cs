using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/app-passwords for operators, /api/v1/me/app-passwords for users: passwords of single devices and programs.</summary>
internal static class AppPasswordsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/app-passwords", (string account, AppPasswordAdministration passwords) => ListAsync(account, passwords));
        api.MapPost("/app-passwords", (HttpContext http, AppPasswordAdministration passwords) => AddAsync(http, null, passwords));
        api.MapDelete("/app-passwords", (string account, string name, AppPasswordAdministration passwords, CancellationToken cancel) => RemoveAsync(account, name, passwords, cancel));
    }

    /// <summary>Those of the user who asks.</summary>
    public static void MapOfUser(IEndpointRouteBuilder me)
    {
        me.MapGet("/app-passwords", (HttpContext http, AppPasswordAdministration passwords) => ListAsync(UserGate.AccountOf(http).Address, passwords));
        me.MapPost("/app-passwords", (HttpContext http, AppPasswordAdministration passwords) => AddAsync(http, UserGate.AccountOf(http).Address, passwords));
        me.MapDelete("/app-passwords", (string name, HttpContext http, AppPasswordAdministration passwords, CancellationToken cancel) =>
            RemoveAsync(UserGate.AccountOf(http).Address, name, passwords, cancel));
    }

    private static async Task<IResult> ListAsync(string account, AppPasswordAdministration passwords)
    {
        var rows = await passwords.ListAsync(account);
        return Replies.Ok(new Page<AppPasswordView>([.. rows.Select(View)], null), AdminJson.Default.PageAppPasswordView);
    }

    /// <param name="own">The user's address; null for an operator, who names one.</param>
    private static async Task<IResult> AddAsync(HttpContext http, string? own, AppPasswordAdministration passwords)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewAppPassword);
        if (body is null)
            return refusal!;
        if ((own ?? body.Account) is not { } account)
            return Replies.BadRequest("The body names no account.");
        var outcome = await passwords.AddAsync(account, body.Name, http.RequestAborted);
        return outcome.Done
            ? Replies.Created(new MadeAppPassword(outcome.Value.Info.Account, outcome.Value.Info.Name, outcome.Value.Password), AdminJson.Default.MadeAppPassword)
            : Replies.Refused(outcome);
    }

    private static async Task<IResult> RemoveAsync(string account, string name, AppPasswordAdministration passwords, CancellationToken cancel)
    {
        var outcome = await passwords.RemoveAsync(account, name, cancel);
        return outcome.Done ? Replies.Ok(View(outcome.Value), AdminJson.Default.AppPasswordView) : Replies.Refused(outcome);
    }

    private static AppPasswordView View(AppPasswordInfo row) => new(row.Account, row.Name, row.CreatedAt, row.UsedAt);
}
