using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Spf;

/// <summary>RFC 7208 §4.5, §4.6 and §12: a record, its syntax checked as a whole before anything is evaluated.</summary>
internal sealed record SpfRecord(IReadOnlyList<SpfDirective> Directives, SpfMacroString? Redirect, SpfMacroString? Explanation)
{
    private const string Version = "v=spf1";

    /// <summary>True for a TXT record that is one of SPF: the version, then a space or the end.</summary>
    public static bool IsRecord(string text) =>
        text.StartsWith(Version, StringComparison.OrdinalIgnoreCase) && (text.Length == Version.Length || text[Version.Length] == ' ');

    /// <exception cref="SpfException">permerror: the syntax is wrong.</exception>
    public static SpfRecord Parse(string text)
    {
        var directives = new List<SpfDirective>();
        SpfMacroString? redirect = null;
        SpfMacroString? explanation = null;
        foreach (var term in text[Version.Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IsModifier(term, out var name, out var value))
                directives.Add(ParseDirective(term));
            else if (name == "redirect")
                redirect = redirect is null ? SpfMacroString.ParseDomain(value) : throw Twice(name);
            else if (name == "exp")
                explanation = explanation is null ? SpfMacroString.ParseDomain(value) : throw Twice(name);
            else
                SpfMacroString.Parse(value); // §6: an unknown modifier is ignored, but its syntax is not
        }
        return new SpfRecord(directives, redirect, explanation);
    }

    private static SpfException Twice(string name) => SpfException.Permanent($"'{name}' stands twice"); // §6

    /// <summary>modifier = name "=" macro-string; the name starts with a letter.</summary>
    private static bool IsModifier(string term, out string name, out string value)
    {
        var end = term.AsSpan().IndexOfAnyExcept(NameCharacters);
        var isModifier = end > 0 && term[end] == '=' && char.IsAsciiLetter(term[0]);
        name = isModifier ? term[..end].ToLowerInvariant() : "";
        value = isModifier ? term[(end + 1)..] : "";
        return isModifier;
    }

    private static readonly System.Buffers.SearchValues<char> NameCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.");

    private static SpfDirective ParseDirective(string term)
    {
        SpfResult? qualified = term[0] switch
        {
            '+' => SpfResult.Pass,
            '-' => SpfResult.Fail,
            '~' => SpfResult.SoftFail,
            '?' => SpfResult.Neutral,
            _ => null,
        };
        return new SpfDirective(qualified ?? SpfResult.Pass, ParseMechanism(qualified is null ? term : term[1..]), term);
    }

    private static SpfMechanism ParseMechanism(string text)
    {
        var end = text.AsSpan().IndexOfAny(':', '/');
        var name = (end < 0 ? text : text[..end]).ToLowerInvariant();
        var rest = end < 0 ? "" : text[end..];
        return name switch
        {
            "all" when rest.Length == 0 => new SpfMechanism.All(),
            "include" => new SpfMechanism.Include(RequiredDomain(text, rest)),
            "exists" => new SpfMechanism.Exists(RequiredDomain(text, rest)),
            "ptr" => new SpfMechanism.Ptr(rest.Length == 0 ? null : RequiredDomain(text, rest)),
            "a" => ParseHosts(text, rest) is var (domain, prefix4, prefix6) ? new SpfMechanism.A(domain, prefix4, prefix6) : throw Wrong(text),
            "mx" => ParseHosts(text, rest) is var (domain, prefix4, prefix6) ? new SpfMechanism.Mx(domain, prefix4, prefix6) : throw Wrong(text),
            "ip4" => ParseNetwork(text, rest, AddressFamily.InterNetwork, 32),
            "ip6" => ParseNetwork(text, rest, AddressFamily.InterNetworkV6, 128),
            _ => throw Wrong(text),
        };
    }

    private static SpfException Wrong(string text) => SpfException.Permanent($"'{text}' is no mechanism");

    private static SpfMacroString RequiredDomain(string text, string rest) =>
        rest.StartsWith(':') ? SpfMacroString.ParseDomain(rest[1..]) : throw Wrong(text);

    /// <summary>[ ":" domain-spec ] [ dual-cidr-length ].</summary>
    private static (SpfMacroString? Domain, int Prefix4, int Prefix6) ParseHosts(string text, string rest)
    {
        var prefix6 = 128;
        if (rest.LastIndexOf("//", StringComparison.Ordinal) is >= 0 and var two && IsDigits(rest[(two + 2)..]))
        {
            prefix6 = Prefix(text, rest[(two + 2)..], 128);
            rest = rest[..two];
        }
        var prefix4 = 32;
        if (rest.LastIndexOf('/') is >= 0 and var one && IsDigits(rest[(one + 1)..]))
        {
            prefix4 = Prefix(text, rest[(one + 1)..], 32);
            rest = rest[..one];
        }
        return (rest.Length == 0 ? null : RequiredDomain(text, rest), prefix4, prefix6);
    }

    private static SpfMechanism.Ip ParseNetwork(string text, string rest, AddressFamily family, int bits)
    {
        if (!rest.StartsWith(':'))
            throw Wrong(text);
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var address = slash < 0 ? rest[1..] : rest[1..slash];
        var prefix = slash < 0 ? bits : Prefix(text, rest[(slash + 1)..], bits);
        // IPAddress also takes short, octal and scoped forms, which RFC 7208 §5.6 does not have.
        var plain = family == AddressFamily.InterNetwork ? IsDottedQuad(address) : !address.AsSpan().ContainsAny('%', '[', ']');
        if (!plain || !IPAddress.TryParse(address, out var network) || network.AddressFamily != family)
            throw Wrong(text);
        return new SpfMechanism.Ip(network, prefix);
    }

    private static int Prefix(string text, string digits, int max) =>
        IsDigits(digits) && (digits.Length == 1 || digits[0] != '0') && digits.Length <= 3
        && int.Parse(digits, CultureInfo.InvariantCulture) is var prefix && prefix <= max
            ? prefix
            : throw Wrong(text);

    private static bool IsDigits(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    private static bool IsDottedQuad(string text) =>
        text.Split('.') is { Length: 4 } numbers
        && Array.TrueForAll(numbers, n => n.Length is > 0 and <= 3 && n.All(char.IsAsciiDigit) && (n.Length == 1 || n[0] != '0'));
}
