using System.Globalization;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 4865 §4: HOLDFOR=seconds or HOLDUNTIL=date-time.</summary>
/// <param name="For">How long from now; null with <paramref name="Until"/>.</param>
/// <param name="Until">Until when; null with <paramref name="For"/>.</param>
internal sealed record HoldRequest(TimeSpan? For, DateTimeOffset? Until)
{
    /// <summary>RFC 4865 §4: future-release-integer has up to nine digits.</summary>
    public const int MaxSeconds = 999_999_999;

    /// <summary>RFC 3339 §5.6, with or without a fraction; an offset other than Z by the erratum 2040.</summary>
    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK"];

    /// <summary>Null where the value is none.</summary>
    public static HoldRequest? Parse(EsmtpParameter parameter) => parameter.Keyword switch
    {
        "HOLDFOR" => ParseFor(parameter.Value),
        _ => ParseUntil(parameter.Value),
    };

    public DateTimeOffset ReleaseAt(DateTimeOffset now) => Until ?? now + For!.Value;

    private static HoldRequest? ParseFor(string? value) =>
        value is { Length: >= 1 and <= 9 } && value.All(char.IsAsciiDigit) && int.Parse(value, CultureInfo.InvariantCulture) is > 0 and var seconds
            ? new HoldRequest(TimeSpan.FromSeconds(seconds), null)
            : null;

    private static HoldRequest? ParseUntil(string? value)
    {
        var hasOffset = value is not null && (value.EndsWith('Z') || value.LastIndexOfAny(['+', '-']) > value.IndexOf('T', StringComparison.Ordinal));
        return hasOffset && DateTimeOffset.TryParseExact(value, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? new HoldRequest(null, moment)
            : null;
    }
}
