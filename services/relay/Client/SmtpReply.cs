using System.Globalization;

namespace MailMesh.Relay.Client;

/// <summary>RFC 5321 §4.2: a reply, its lines put together.</summary>
/// <param name="Code">200 to 599.</param>
/// <param name="Lines">The texts of the lines, without code; control characters are blanks.</param>
internal sealed record SmtpReply(int Code, IReadOnlyList<string> Lines)
{
    /// <summary>Longest text that queue, tracking and reports keep.</summary>
    private const int MaxText = 1000;

    public bool IsPositive => Code is >= 200 and < 300;

    public bool IsTransient => Code is >= 400 and < 500;

    public bool IsPermanent => Code >= 500;

    /// <summary>RFC 5321 §3.8: the server ends the session.</summary>
    public bool IsClosing => Code == 421;

    /// <summary>RFC 2034 §4: the enhanced code, where the reply has one and its class agrees with the reply's; else null.</summary>
    public string? EnhancedStatus
    {
        get
        {
            var word = Lines[0].Split(' ', 2)[0];
            var parts = word.Split('.');
            return parts.Length == 3 && parts[0].Length == 1 && parts[0][0] - '0' == Code / 100 && IsDetail(parts[1]) && IsDetail(parts[2]) ? word : null;
        }
    }

    /// <summary>RFC 3463: the enhanced code, or the class's undefined one.</summary>
    public string Status => EnhancedStatus ?? $"{Code / 100}.0.0";

    /// <summary>Code and text in one line; an enhanced code that every line repeats stands once.</summary>
    public override string ToString()
    {
        var prefix = EnhancedStatus is { } status ? status + " " : null;
        var text = string.Join(' ', Lines.Select((line, i) => i > 0 && prefix is not null && line.StartsWith(prefix, StringComparison.Ordinal) ? line[prefix.Length..] : line));
        return string.Create(CultureInfo.InvariantCulture, $"{Code} {(text.Length > MaxText ? text[..MaxText] : text)}").TrimEnd();
    }

    private static bool IsDetail(string text) => text.Length is > 0 and <= 3 && text.All(char.IsAsciiDigit);
}
