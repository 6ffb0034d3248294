using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Ingress.Policy;

/// <summary>RFC 5782: one DNS list, and what being on it weighs.</summary>
/// <param name="Name">The list's domain.</param>
/// <param name="Codes">The answers that count; null for every one.</param>
/// <param name="Weight">Points towards junk; negative for a list of the good.</param>
internal sealed record DnsListZone(string Name, DnsListCodes? Codes, double Weight)
{
    private const double MaxWeight = 100;

    /// <summary>
    /// Reads lists divided by commas or blanks, each zone, zone=weight, zone=codes or zone=codes*weight as Postfix writes them; a weight is 1 where none is
    /// given.
    /// </summary>
    public static bool TryParseAll(string text, out IReadOnlyList<DnsListZone> zones)
    {
        var found = new List<DnsListZone>();
        zones = found;
        foreach (var word in text.Split([',', ' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (Parse(word) is not { } zone)
                return false;
            found.Add(zone);
        }
        return true;
    }

    /// <summary>The name to ask for: the address's octets or nibbles backwards, then the zone (RFC 5782 §2.1, §2.4).</summary>
    public string QuestionFor(IPAddress client)
    {
        var octets = client.GetAddressBytes();
        Array.Reverse(octets);
        var labels = client.AddressFamily == AddressFamily.InterNetworkV6
            ? string.Join('.', octets.Select(octet => $"{octet & 15:x}.{octet >> 4:x}"))
            : string.Join('.', octets);
        return $"{labels}.{Name}";
    }

    private static DnsListZone? Parse(string word)
    {
        var star = word.LastIndexOf('*');
        var rest = star < 0 ? word : word[..star];
        var weight = star < 0 ? 1 : WeightOf(word[(star + 1)..]);
        var equals = rest.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? rest : rest[..equals];
        var value = equals < 0 ? null : rest[(equals + 1)..];
        DnsListCodes? codes = null;
        if (value is not null && star < 0 && WeightOf(value) is { } plain)
            weight = plain;
        else if (value is not null && !DnsListCodes.TryParse(value, out codes))
            return null;
        return weight is { } points && IsDomain(name) ? new DnsListZone(name.TrimEnd('.').ToLowerInvariant(), codes, points) : null;
    }

    private static double? WeightOf(string text) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var weight)
        && Math.Abs(weight) <= MaxWeight
            ? weight
            : null;

    private static bool IsDomain(string name) =>
        name.Length is > 2 and < 190 && name.Contains('.', StringComparison.Ordinal) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && Array.TrueForAll(name.TrimEnd('.').Split('.'), label => label.Length is > 0 and < 64);
}
