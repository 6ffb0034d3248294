using System.Text.Json.Serialization.Metadata;
using MailMesh.Accounts;
using MailMesh.AdminApi;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace MailMesh.Admin;

/// <summary>Every answer of the API; refusals are RFC 9457 problems.</summary>
internal static class Replies
{
    public static IResult Ok<T>(T value, JsonTypeInfo<T> type) => TypedResults.Json(value, type);

    public static IResult Created<T>(T value, JsonTypeInfo<T> type) => TypedResults.Json(value, type, statusCode: StatusCodes.Status201Created);

    public static IResult BadRequest(string detail) => Problem("invalid", "The request is not valid", StatusCodes.Status400BadRequest, detail);

    public static IResult Unauthorized() => Problem("unauthorized", "A token is needed", StatusCodes.Status401Unauthorized,
        "Send the admin token: Authorization: Bearer TOKEN. It stands in the file admin-token of the data folder.");

    public static IResult WhoAreYou() => Problem("unauthorized", "A user is needed", StatusCodes.Status401Unauthorized,
        "Send an account's address and password: Authorization: Basic. Too many wrong ones keep an address out for a while.");

    public static IResult SecondFactorNeeded() => Problem("second-factor", "A code is needed", StatusCodes.Status401Unauthorized,
        "The account has a second factor: send the authenticator's code in the field MailMesh-Code, best to POST /api/v1/me/session, whose token then stands for both.");

    public static IResult NotFound(string detail) => Problem("not-found", "There is no such thing", StatusCodes.Status404NotFound, detail);

    public static IResult Conflict(string detail) => Problem("conflict", "The state of things does not allow it", StatusCodes.Status409Conflict, detail);

    public static IResult TooLarge(string detail) => Problem("too-large", "The request is too large", StatusCodes.Status413PayloadTooLarge, detail);

    public static IResult Unavailable(string detail = "The database does not answer; see /health/ready and the server's log, and try again.") =>
        Problem("unavailable", "Not now", StatusCodes.Status503ServiceUnavailable, detail);

    /// <summary>The directory's refusals, mapped in this one place.</summary>
    public static IResult Refused<T>(DirectoryOutcome<T> outcome)
        where T : class
    {
        var detail = outcome.Reason + ".";
        return outcome.Refusal switch
        {
            DirectoryRefusal.NotFound => NotFound(detail),
            DirectoryRefusal.AlreadyExists or DirectoryRefusal.DomainInUse or DirectoryRefusal.DomainNotOurs => Conflict(detail),
            _ => BadRequest(detail),
        };
    }

    private static JsonHttpResult<Problem> Problem(string kind, string title, int status, string detail) => TypedResults.Json(
        new Problem($"urn:mailmesh:problem:{kind}", title, status, detail), AdminJson.Default.Problem, AdminApi.Problem.ContentType, status);
}
