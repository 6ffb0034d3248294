namespace MailMesh.Filtering;

/// <summary>RFC 8601 §2.2 pvalue: what others wrote, made safe to stand in a field of ours.</summary>
internal static class PropertyValue
{
    /// <summary>RFC 5322 §2.1.1 leaves 998 octets to a line.</summary>
    private const int MaxLength = 320;

    /// <summary>The text as it is where every character may stand in a token or address, else as a quoted string.</summary>
    public static string Of(string text)
    {
        var bounded = text.Length > MaxLength ? text[..MaxLength] : text;
        return bounded.Length > 0 && bounded.All(IsPlain)
            ? bounded
            : '"' + string.Concat(bounded.Select(c => c is '"' or '\\' ? $"\\{c}" : char.IsControl(c) ? " " : c.ToString())) + '"';
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c > '\x9f' || c is '.' or '-' or '_' or '@' or '+' or '/';
}
