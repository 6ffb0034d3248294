using System.Buffers.Text;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §5.1.3: mailbox names on the wire are ASCII, with &amp;…- around the modified base64 of UTF-16.</summary>
internal static class ModifiedUtf7
{
    public static string Encode(string name)
    {
        if (Ascii.IsValid(name) && name.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0 && !name.Contains('&', StringComparison.Ordinal))
            return name;
        var text = new StringBuilder();
        for (var i = 0; i < name.Length;)
        {
            if (IsPrintable(name[i]))
            {
                text.Append(name[i] == '&' ? "&-" : name[i]);
                i++;
                continue;
            }
            var end = i;
            while (end < name.Length && !IsPrintable(name[end]))
                end++;
            text.Append('&').Append(Convert.ToBase64String(Encoding.BigEndianUnicode.GetBytes(name, i, end - i)).TrimEnd('=').Replace('/', ',')).Append('-');
            i = end;
        }
        return text.ToString();
    }

    /// <summary>The name, or null where the text is not the one encoding of a name.</summary>
    public static string? Decode(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange(' ', '~') >= 0)
            return null;
        if (!text.Contains('&', StringComparison.Ordinal))
            return text;
        var name = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '&')
            {
                name.Append(text[i]);
                continue;
            }
            var end = text.IndexOf('-', i);
            if (end < 0 || !TryAppendShifted(name, text[(i + 1)..end]))
                return null;
            i = end;
        }
        // Superfluous shifts, bits beyond the end and lone surrogates would give one mailbox several names.
        var decoded = name.ToString();
        return Encode(decoded) == text ? decoded : null;
    }

    private static bool TryAppendShifted(StringBuilder name, string shifted)
    {
        if (shifted.Length == 0)
        {
            name.Append('&');
            return true;
        }
        var base64 = shifted.Replace(',', '/').PadRight((shifted.Length + 3) / 4 * 4, '=');
        if (!Base64.IsValid(base64, out var length) || length % 2 != 0)
            return false;
        name.Append(Encoding.BigEndianUnicode.GetString(Convert.FromBase64String(base64)));
        return true;
    }

    private static bool IsPrintable(char c) => c is >= ' ' and <= '~';
}
