using System.Net;
using System.Net.Sockets;
using System.Text;

namespace MailMesh.Ingress.Grammar;

/// <summary>RFC 5321 §4.1.2 and §4.1.3, with RFC 6531 §3.3: paths, mailboxes, domains and address literals.</summary>
internal static class AddressGrammar
{
    /// <summary>RFC 5321 §4.5.3.1.2.</summary>
    public const int MaxDomainOctets = 255;

    /// <summary>RFC 5321 §4.5.3.1.3, with the angle brackets.</summary>
    private const int MaxPathOctets = 256;

    private const int MaxLabelOctets = 63;

    /// <summary>
    /// Reads a path in angle brackets at the start of <paramref name="text"/>. A source route is read and ignored (RFC 5321 appendix C).
    /// </summary>
    /// <param name="text">The rest of the command.</param>
    /// <param name="address">local-part@domain in its plainest form; empty for the null path; 'postmaster', in any case, without a domain (RFC 5321 §4.1.1.3).</param>
    /// <param name="length">Characters of the path, brackets included.</param>
    public static bool TryReadPath(ReadOnlySpan<char> text, out string address, out int length)
    {
        address = "";
        length = 0;
        if (text.IsEmpty || text[0] != '<' || EndOfPath(text) is not (> 0 and var end))
            return false;
        length = end + 1;
        var inner = text[1..end];
        if (Encoding.UTF8.GetByteCount(inner) + 2 > MaxPathOctets)
            return false;
        if (inner.IsEmpty)
            return true;
        return TrySkipRoute(ref inner) && TryReadMailbox(inner, out address);
    }

    /// <summary>'[192.0.2.1]', '[IPv6:2001:db8::1]' or '[tag:text]'.</summary>
    public static bool IsAddressLiteral(ReadOnlySpan<char> text)
    {
        if (text.Length < 3 || text[0] != '[' || text[^1] != ']')
            return false;
        var inner = text[1..^1];
        if (inner.StartsWith("IPv6:", StringComparison.OrdinalIgnoreCase))
            return IPAddress.TryParse(inner[5..], out var six) && six.AddressFamily == AddressFamily.InterNetworkV6 && !inner.Contains('%');
        var colon = inner.IndexOf(':');
        if (colon < 0)
            return inner.Count('.') == 3 && IPAddress.TryParse(inner, out var four) && four.AddressFamily == AddressFamily.InterNetwork;
        return colon > 0 && IsTag(inner[..colon]) && colon < inner.Length - 1 && IsDcontent(inner[(colon + 1)..]);
    }

    /// <summary>A domain; '_' is let through for names that exist in spite of the grammar.</summary>
    public static bool IsDomain(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty || Encoding.UTF8.GetByteCount(text) > MaxDomainOctets)
            return false;
        foreach (var range in text.Split('.'))
        {
            if (!IsLabel(text[range]))
                return false;
        }
        return true;
    }

    /// <summary>The '&gt;' that ends the path: not one within a quoted local-part.</summary>
    private static int EndOfPath(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == '\\' && quoted)
                i++;
            else if (text[i] == '"')
                quoted = !quoted;
            else if (text[i] == '>' && !quoted)
                return i;
        }
        return -1;
    }

    private static bool TrySkipRoute(ref ReadOnlySpan<char> path)
    {
        if (path[0] != '@')
            return true;
        var colon = path.IndexOf(':');
        if (colon < 0)
            return false;
        foreach (var range in path[..colon].Split(','))
        {
            var hop = path[..colon][range];
            if (hop.Length < 2 || hop[0] != '@' || !IsDomain(hop[1..]))
                return false;
        }
        path = path[(colon + 1)..];
        return !path.IsEmpty;
    }

    private static bool TryReadMailbox(ReadOnlySpan<char> text, out string address)
    {
        address = "";
        if (!TryReadLocalPart(text, out var local, out var length))
            return false;
        if (length == text.Length)
        {
            address = local;
            return local.Equals("postmaster", StringComparison.OrdinalIgnoreCase);
        }
        var domain = text[(length + 1)..];
        if (text[length] != '@' || !(IsDomain(domain) || IsAddressLiteral(domain)))
            return false;
        address = $"{local}@{domain}";
        return true;
    }

    private static bool TryReadLocalPart(ReadOnlySpan<char> text, out string local, out int length)
    {
        if (text[0] == '"')
            return TryReadQuoted(text, out local, out length);
        length = 0;
        while (length < text.Length && IsDotAtext(text[length]))
            length++;
        local = text[..length].ToString();
        return length > 0;
    }

    /// <summary>RFC 5321 §4.1.2: quotes that are not needed mean nothing, so that "user"@domain is user@domain.</summary>
    private static bool TryReadQuoted(ReadOnlySpan<char> text, out string local, out int length)
    {
        var content = new StringBuilder();
        for (length = 1; length < text.Length && text[length] != '"'; length++)
        {
            if (text[length] == '\\' && (++length == text.Length || text[length] > '~'))
                break;
            if (text[length] < ' ')
                break;
            content.Append(text[length]);
        }
        local = Requote(content.ToString());
        return length < text.Length && text[length++] == '"';
    }

    private static string Requote(string content)
    {
        var plain = content.Length > 0 && content[0] != '.' && content[^1] != '.' && !content.Contains("..", StringComparison.Ordinal);
        return plain && content.All(IsDotAtext)
            ? content
            : $"\"{content.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>
    /// An atom's character, or a dot. RFC 5321 lets no dot stand first, last or beside another; addresses that Japanese
    /// mobile carriers gave out for years have them so, and mail from and to them must pass.
    /// </summary>
    private static bool IsDotAtext(char c) =>
        char.IsAsciiLetterOrDigit(c) || c >= '\xA0' || "!#$%&'*+-/=?^_`{|}~.".Contains(c);

    private static bool IsLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || Encoding.UTF8.GetByteCount(label) > MaxLabelOctets || label[0] == '-' || label[^1] == '-')
            return false;
        foreach (var c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_') && c < '\xA0')
                return false;
        }
        return true;
    }

    private static bool IsTag(ReadOnlySpan<char> tag)
    {
        foreach (var c in tag)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
                return false;
        }
        return tag[^1] != '-';
    }

    private static bool IsDcontent(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c is < '!' or > '~' or '[' or ']' or '\\')
                return false;
        }
        return true;
    }
}
