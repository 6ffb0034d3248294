using System.Text.RegularExpressions;

namespace MailMesh.Testing;

/// <summary>Refusals of our SMTP server: each ends with the id that it can be traced by.</summary>
public static partial class SmtpRefusal
{
    internal const string IdPattern = @" \(id [0-9a-f]{32}\)";

    /// <summary>True of '550 …' and '421 …', false of '550-…' and '250 …'.</summary>
    public static bool IsLastLineOf(string line) => LastLinePattern().IsMatch(line);

    /// <summary>The refusal without its id; fails where it has none.</summary>
    public static string Text(string? line) => Read(line).Text;

    /// <summary>The id that a refusal ends with; fails where it has none.</summary>
    public static string Id(string? line) => Read(line).Id;

    private static (string Text, string Id) Read(string? line)
    {
        var match = RefusalPattern().Match(line ?? "");
        return match.Success ? (match.Groups["text"].Value, match.Groups["id"].Value) : throw new FormatException($"No refusal with an id: {line ?? "(closed)"}");
    }

    [GeneratedRegex(@"^[45]\d\d ", RegexOptions.CultureInvariant)]
    private static partial Regex LastLinePattern();

    [GeneratedRegex(@"^(?<text>[45]\d\d .*) \(id (?<id>[0-9a-f]{32})\)$", RegexOptions.CultureInvariant)]
    private static partial Regex RefusalPattern();
}
