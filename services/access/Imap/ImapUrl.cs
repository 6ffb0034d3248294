using System.Globalization;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5092: an IMAP URL of a message or a part of it, absolute or relative to the session's own account.</summary>
/// <param name="Host">The server's name or address, without a port; null in a relative URL.</param>
/// <param name="User">Null where the URL names none.</param>
/// <param name="Mailbox">UTF-8; null for the selected mailbox.</param>
/// <param name="Section">Null for the whole message.</param>
/// <param name="Authorization">RFC 4467; null where the URL has none.</param>
internal sealed record ImapUrl(string? Host, string? User, string? Mailbox, uint? UidValidity, uint Uid, BodySection? Section, UrlPartial? Partial, UrlAuthorization? Authorization)
{
    /// <summary>Of any URL that a client may send.</summary>
    public const int MaxOctets = 8192;

    private const string Scheme = "imap://";

    /// <summary>Null where the text is no such URL.</summary>
    public static ImapUrl? TryParse(string text)
    {
        if (text.Length > MaxOctets)
            return null;
        string? host = null, user = null;
        var isAbsolute = text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        var path = text;
        if (isAbsolute)
        {
            var slash = text.IndexOf('/', Scheme.Length);
            if (slash <= Scheme.Length || !TryServer(text[Scheme.Length..slash], out host, out user))
                return null;
            path = text[slash..];
        }
        return TryPath(text, path, isAbsolute) is { } url ? url with { Host = host, User = user } : null;
    }

    /// <summary>iserver: user and host, the host not empty.</summary>
    private static bool TryServer(string server, out string? host, out string? user)
    {
        user = null;
        // Of an address that nobody encoded the last @ divides.
        var at = server.LastIndexOf('@');
        host = HostOf(server[(at + 1)..]);
        if (host is null || at < 0)
            return host is not null;
        var name = server[..at];
        var mechanism = name.IndexOf(";AUTH=", StringComparison.OrdinalIgnoreCase);
        user = Decode(mechanism < 0 ? name : name[..mechanism]);
        return user is not null;
    }

    /// <summary>The host of host[:port]; null where there is none. An IPv6 address stands between brackets.</summary>
    private static string? HostOf(string authority)
    {
        var end = authority.StartsWith('[') ? authority.IndexOf(']', StringComparison.Ordinal) + 1 : authority.IndexOf(':', StringComparison.Ordinal);
        var host = Decode(end > 0 ? authority[..end] : end < 0 ? authority : "");
        return string.IsNullOrEmpty(host) ? null : host.Trim('[', ']');
    }

    private static ImapUrl? TryPath(string text, string path, bool isAbsolute)
    {
        if (path.StartsWith('/'))
            path = path[1..];
        var semicolon = path.IndexOf(';', StringComparison.Ordinal);
        if (semicolon < 0 || Decode(path[..semicolon].TrimEnd('/')) is not { } mailbox || (mailbox.Length == 0 && isAbsolute))
            return null;
        var rest = new Fields(path[semicolon..]);
        uint? uidValidity = null;
        if (rest.TryTake("UIDVALIDITY", out var validity))
        {
            if (!TryNumber(validity, out var number))
                return null;
            uidValidity = number;
        }
        if (!rest.TryTake("UID", out var uidText) || !TryNumber(uidText, out var uid))
            return null;
        BodySection? section = null;
        if (rest.TryTake("SECTION", out var sectionText) && (section = TrySection(sectionText)) is null)
            return null;
        UrlPartial? partial = null;
        if (rest.TryTake("PARTIAL", out var partialText) && (partial = UrlPartial.TryParse(partialText)) is null)
            return null;
        UrlAuthorization? authorization = null;
        if (!rest.AtEnd && (authorization = UrlAuthorization.TryParse(text, rest)) is null)
            return null;
        return new ImapUrl(null, null, mailbox.Length == 0 ? null : Named(mailbox), uidValidity, uid, section, partial, authorization);
    }

    private static string Named(string mailbox) => mailbox.Equals(MailboxName.Inbox, StringComparison.OrdinalIgnoreCase) ? MailboxName.Inbox : mailbox;

    private static bool TryNumber(string text, out uint number) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;

    private static BodySection? TrySection(string text)
    {
        if (Decode(text) is not { } section)
            return null;
        var scanner = new ImapScanner(Encoding.UTF8.GetBytes(section + "]"));
        var parsed = BodySection.Parse(ref scanner);
        scanner.ExpectEnd();
        return scanner.Failed ? null : parsed;
    }

    /// <summary>RFC 3986 §2.1; null where the octets are no UTF-8, or hold what no name can.</summary>
    public static string? Decode(string text)
    {
        var octets = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < octets.Length; i++, length++)
        {
            if (octets[i] != '%')
            {
                octets[length] = octets[i];
                continue;
            }
            if (i + 2 >= octets.Length || !byte.TryParse(octets.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
                return null;
            octets[length] = octet;
            i += 2;
        }
        var decoded = Encoding.UTF8.GetString(octets, 0, length);
        return decoded.AsSpan().ContainsAny("\0\r\n\uFFFD") ? null : decoded;
    }

    /// <summary>The ;NAME=value parts, a slash before each or not.</summary>
    internal sealed class Fields(string text)
    {
        private string _rest = text;

        public bool AtEnd => _rest.Length == 0;

        /// <summary>Takes the part when it is ahead.</summary>
        public bool TryTake(string name, out string value)
        {
            value = "";
            var start = _rest.StartsWith('/') ? 1 : 0;
            if (string.Compare(_rest, start, $";{name}=", 0, name.Length + 2, StringComparison.OrdinalIgnoreCase) != 0)
                return false;
            start += name.Length + 2;
            var end = _rest.IndexOf(';', start);
            if (end < 0)
                end = _rest.Length;
            value = _rest[start..end];
            _rest = _rest[end..];
            if (_rest.Length > 0 && value.EndsWith('/'))
                value = value[..^1];
            return true;
        }
    }
}

/// <summary>RFC 5092 §9 and RFC 5550 §3: octets of a section; to its end without a count.</summary>
internal sealed record UrlPartial(uint Start, uint? Count)
{
    public static UrlPartial? TryParse(string text)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        if (!uint.TryParse(dot < 0 ? text : text[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var start))
            return null;
        if (dot < 0)
            return new UrlPartial(start, null);
        return uint.TryParse(text[(dot + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 ? new UrlPartial(start, count) : null;
    }
}

/// <summary>RFC 4467: who may fetch what the URL names, until when, and the proof that its owner said so.</summary>
/// <param name="Rump">The URL up to and with the access identifier: what the token authorizes.</param>
/// <param name="Access">submit+, user+, authuser or anonymous, in lower case.</param>
/// <param name="User">Of submit+ and user+; otherwise null.</param>
/// <param name="Mechanism">Upper case; null where there is no token yet.</param>
internal sealed record UrlAuthorization(string Rump, string Access, string? User, DateTimeOffset? Expires, string? Mechanism, string? Token)
{
    /// <param name="text">The whole URL.</param>
    public static UrlAuthorization? TryParse(string text, ImapUrl.Fields fields)
    {
        DateTimeOffset? expires = null;
        if (fields.TryTake("EXPIRE", out var at))
        {
            if (!DateTimeOffset.TryParseExact(at, ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
                return null;
            expires = time;
        }
        if (!fields.TryTake("URLAUTH", out var value) || !fields.AtEnd || value.Split(':') is not ({ Length: 1 or 3 } and var parts))
            return null;
        var plus = parts[0].IndexOf('+', StringComparison.Ordinal);
        var access = parts[0][..(plus + 1)].ToLowerInvariant();
        string? user = null;
        if (access is "submit+" or "user+")
            user = ImapUrl.Decode(parts[0][(plus + 1)..]);
        else
            access = parts[0].ToLowerInvariant();
        if (user is null or "" && access is not ("authuser" or "anonymous"))
            return null;
        return parts.Length == 1
            ? new UrlAuthorization(text, access, user, expires, null, null)
            : new UrlAuthorization(text[..^(parts[1].Length + parts[2].Length + 2)], access, user, expires, parts[1].ToUpperInvariant(), parts[2]);
    }
}
