using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace MailMesh.Accounts;

/// <summary>An address as the directory compares it: lower case, the domain in its U-label form, no needless quotes.</summary>
/// <remarks>RFC 5321 §4.5.3.1: a local-part of 64 octets, a domain of 255, a path of 254 without its brackets.</remarks>
public sealed record MailAddress
{
    private const int MaxLocalPartOctets = 64;
    private const int MaxDomainOctets = 255;
    private const int MaxAddressOctets = 254;

    // RFC 5891 §5.4: without UseStd3 the mapping takes underscores, which host names in the wild have.
    private static readonly IdnMapping Idn = new();

    private MailAddress(string localPart, string domain)
    {
        LocalPart = localPart;
        Domain = domain;
    }

    /// <summary>Empty for '@domain', the source of a catch-all alias.</summary>
    public string LocalPart { get; }

    /// <summary>Empty for the bare 'postmaster' of RFC 5321 §4.5.1.</summary>
    public string Domain { get; }

    /// <summary>The address without its detail (RFC 5233: user+detail), or null where it has none.</summary>
    public string? WithoutDetail => LocalPart.IndexOf('+') is > 0 and var plus ? $"{LocalPart[..plus]}@{Domain}" : null;

    public bool IsPostmaster => LocalPart == "postmaster";

    public override string ToString() => Domain.Length == 0 ? LocalPart : $"{LocalPart}@{Domain}";

    /// <summary>Reads local-part@domain, or the bare 'postmaster'; false where it is neither.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out MailAddress? address)
    {
        address = null;
        if (Encoding.UTF8.GetByteCount(text) > MaxAddressOctets)
            return false;
        var at = text.LastIndexOf('@');
        if (at < 0)
        {
            if (text.Equals("postmaster", StringComparison.OrdinalIgnoreCase))
                address = new MailAddress("postmaster", "");
            return address is not null;
        }
        if (!TryLocalPart(text[..at], out var localPart) || !TryDomain(text[(at + 1)..], out var domain))
            return false;
        address = new MailAddress(localPart, domain);
        return true;
    }

    /// <summary>Reads '@domain'.</summary>
    public static bool TryCatchAll(string text, [NotNullWhen(true)] out MailAddress? address)
    {
        address = text.StartsWith('@') && TryDomain(text[1..], out var domain) ? new MailAddress("", domain) : null;
        return address is not null;
    }

    /// <summary>Lower case, A-labels as U-labels, no closing dot; false where it is no domain name.</summary>
    public static bool TryDomain(string text, [NotNullWhen(true)] out string? domain)
    {
        domain = null;
        var name = text.EndsWith('.') ? text[..^1] : text;
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > MaxDomainOctets)
            return false;
        try
        {
            // The way to A-labels and back checks every label's length and maps both forms to one.
            var ascii = Idn.GetAscii(name.ToLowerInvariant());
            if (!Array.TrueForAll(ascii.Split('.'), IsHostLabel))
                return false;
            domain = Idn.GetUnicode(ascii).ToLowerInvariant();
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool TryLocalPart(string text, [NotNullWhen(true)] out string? localPart)
    {
        localPart = null;
        var content = text is ['"', .., '"'] && text.Length > 2 ? Unquote(text) : text;
        var quoted = !ReferenceEquals(content, text);
        if (content.Length == 0 || Encoding.UTF8.GetByteCount(content) > MaxLocalPartOctets)
            return false;
        if (!IsDotString(content))
        {
            if (!quoted || content.AsSpan().ContainsAnyInRange('\0', '\x1f'))
                return false;
            content = text; // RFC 5321 §4.1.2: the quotes stay where the content needs them
        }
        localPart = content.ToLowerInvariant();
        return true;
    }

    private static string Unquote(string quoted)
    {
        var content = new StringBuilder(quoted.Length);
        for (var i = 1; i < quoted.Length - 1; i++)
        {
            if (quoted[i] == '\\' && i + 1 < quoted.Length - 1)
                i++;
            content.Append(quoted[i]);
        }
        return content.ToString();
    }

    private static bool IsDotString(string text) =>
        Array.TrueForAll(text.Split('.'), atom => atom.Length > 0 && atom.All(IsAtomText));

    /// <summary>RFC 5322 §3.2.3 atext, and what RFC 6532 §3.2 adds.</summary>
    private static bool IsAtomText(char c) =>
        char.IsAsciiLetterOrDigit(c) || c > '\x9f' || "!#$%&'*+-/=?^_`{|}~".Contains(c, StringComparison.Ordinal);

    private static bool IsHostLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
