using MailMesh.Accounts;
using MailMesh.AdminApi;
using MailMesh.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace MailMesh.Admin;

/// <summary>/api/v1/me/second-factor and /api/v1/me/session for users; for operators, who help whoever lost the authenticator, /api/v1/accounts/ADDRESS/second-factor.</summary>
internal static class SecondFactorApi
{
    public static void Map(IEndpointRouteBuilder api) => api.MapDelete("/accounts/{address}/second-factor", RemoveAsync);

    public static void MapOfUser(IEndpointRouteBuilder me)
    {
        me.MapPost("/session", BeginSessionAsync);
        me.MapPost("/second-factor", Offer);
        me.MapPut("/second-factor", SetAsync);
        me.MapDelete("/second-factor", (HttpContext http, SecondFactor factor, CancellationToken cancel) => RemoveAsync(UserGate.AccountOf(http).Address, factor, cancel));
    }

    private static async Task<IResult> BeginSessionAsync(HttpContext http, WebSessions sessions) =>
        await sessions.BeginAsync(UserGate.AccountOf(http).Id) is var (token, until)
            ? Replies.Created(new WebSession(token, until), AdminJson.Default.WebSession)
            : Replies.WhoAreYou();

    private static IResult Offer(HttpContext http, MailMeshOptions options)
    {
        var offer = SecondFactor.Offer(UserGate.AccountOf(http), options.Hostname);
        return Replies.Ok(new SecondFactorSecret(offer.Secret, offer.Uri), AdminJson.Default.SecondFactorSecret);
    }

    private static async Task<IResult> SetAsync(HttpContext http, SecondFactor factor)
    {
        var (body, refusal) = await RequestBody.ReadAsync(http, AdminJson.Default.NewSecondFactor);
        if (body is null)
            return refusal!;
        var account = UserGate.AccountOf(http);
        return await factor.SetAsync(account.Id, body.Secret, body.Code, http.RequestAborted)
            ? Replies.Ok(new SecondFactorState(account.Address, true), AdminJson.Default.SecondFactorState)
            : Replies.BadRequest("The code is not one of this secret now: take the secret of POST /api/v1/me/second-factor, and look at the authenticator's clock.");
    }

    private static async Task<IResult> RemoveAsync(string address, SecondFactor factor, CancellationToken cancel) => await factor.RemoveAsync(address, cancel)
        ? Replies.Ok(new SecondFactorState(address, false), AdminJson.Default.SecondFactorState)
        : Replies.NotFound($"There is no account '{address}' with a second factor.");
}
