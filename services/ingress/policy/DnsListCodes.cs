using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace MailMesh.Ingress.Policy;

/// <summary>Answers of a DNS list that count, such as 127.0.0.[2-4;10]: each octet a number, or numbers and ranges in brackets.</summary>
internal sealed class DnsListCodes
{
    private readonly (byte From, byte To)[][] _octets;

    private DnsListCodes((byte From, byte To)[][] octets) => _octets = octets;

    public static bool TryParse(string text, out DnsListCodes? codes)
    {
        codes = null;
        var octets = new List<(byte, byte)[]>();
        for (var rest = text; ;)
        {
            var isBracket = rest.StartsWith('[');
            var end = isBracket ? rest.IndexOf(']', StringComparison.Ordinal) + 1 : rest.IndexOf('.', StringComparison.Ordinal);
            if (isBracket && end == 0)
                return false;
            var octet = end < 0 ? rest : rest[..end];
            if (!TryRanges(isBracket ? octet[1..^1] : octet, out var ranges))
                return false;
            octets.Add(ranges);
            rest = end < 0 ? "" : rest[end..];
            if (rest.Length == 0)
                break;
            if (rest[0] != '.')
                return false;
            rest = rest[1..];
        }
        if (octets.Count != 4)
            return false;
        codes = new DnsListCodes([.. octets]);
        return true;
    }

    public bool Contains(IPAddress answer)
    {
        if (answer.AddressFamily != AddressFamily.InterNetwork)
            return false;
        var octets = answer.GetAddressBytes();
        for (var i = 0; i < octets.Length; i++)
        {
            if (!Array.Exists(_octets[i], range => octets[i] >= range.From && octets[i] <= range.To))
                return false;
        }
        return true;
    }

    /// <summary>Numbers and ranges divided by semicolons; a range is 2-4, or 2..4 as Postfix writes it.</summary>
    private static bool TryRanges(string text, out (byte, byte)[] ranges)
    {
        var found = new List<(byte, byte)>();
        foreach (var word in text.Replace("..", "-", StringComparison.Ordinal).Split(';'))
        {
            var dash = word.IndexOf('-', StringComparison.Ordinal);
            if (!TryOctet(dash < 0 ? word : word[..dash], out var from) || !TryOctet(dash < 0 ? word : word[(dash + 1)..], out var to) || to < from)
            {
                ranges = [];
                return false;
            }
            found.Add((from, to));
        }
        ranges = [.. found];
        return true;
    }

    private static bool TryOctet(string text, out byte octet) => byte.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out octet);
}
