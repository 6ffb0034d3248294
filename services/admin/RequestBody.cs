using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace MailMesh.Admin;

/// <summary>Reads a request's JSON within bounds.</summary>
internal static class RequestBody
{
    /// <summary>The largest request is an account with a long password and name.</summary>
    private const int MaxBytes = 64 * 1024;

    /// <returns>The value, or the refusal.</returns>
    public static async Task<(T? Value, IResult? Refusal)> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
            limit.MaxRequestBodySize = MaxBytes;
        if (!http.Request.HasJsonContentType())
            return (null, Replies.BadRequest("The body has to be JSON: Content-Type: application/json."));
        try
        {
            return await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) is { } value
                ? (value, null)
                : (null, Replies.BadRequest("The body is null."));
        }
        catch (JsonException wrong)
        {
            return (null, Replies.BadRequest($"The body is not the JSON that belongs here: {wrong.Message}"));
        }
        catch (BadHttpRequestException tooLarge) when (tooLarge.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            return (null, Replies.TooLarge($"A body has at most {MaxBytes} octets."));
        }
    }
}
