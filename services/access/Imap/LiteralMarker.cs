using System.Buffers.Text;

namespace MailMesh.Access.Imap;

/// <summary>
/// RFC 3501 §4.3 and RFC 7888: {n} CRLF, or {n+} CRLF of a client that does not wait for the continuation request. With ~ before it, a
/// literal8 of RFC 4466, whose octets may be any.
/// </summary>
/// <param name="Octets">Octets that follow the marker's CRLF.</param>
/// <param name="NonSynchronizing">The client does not wait.</param>
/// <param name="Length">Octets of the marker, its ~ and CRLF included.</param>
/// <param name="IsBinary">It is a literal8.</param>
internal readonly record struct LiteralMarker(long Octets, bool NonSynchronizing, int Length, bool IsBinary = false)
{
    /// <summary>A count of so many digits is beyond any message; it is read as this many octets.</summary>
    private const long Absurd = long.MaxValue;

    /// <summary>Reads the marker that <paramref name="octets"/> start with.</summary>
    public static bool TryRead(ReadOnlySpan<byte> octets, out LiteralMarker marker)
    {
        marker = default;
        var start = octets.StartsWith("~{"u8) ? 1 : 0;
        if (octets.Length <= start || octets[start] != '{')
            return false;
        var end = octets.IndexOf("}\r\n"u8);
        if (end < 0 || !TryReadBody(octets[(start + 1)..end], end + 3, out marker))
            return false;
        marker = marker with { IsBinary = start > 0 };
        return true;
    }

    /// <summary>Reads the marker that a line without its CRLF ends with.</summary>
    public static bool TryReadAtEnd(ReadOnlySpan<byte> line, out LiteralMarker marker)
    {
        marker = default;
        if (line.IsEmpty || line[^1] != '}')
            return false;
        var start = line.LastIndexOf((byte)'{');
        return start >= 0 && TryReadBody(line[(start + 1)..^1], line.Length - start + 2, out marker);
    }

    private static bool TryReadBody(ReadOnlySpan<byte> body, int length, out LiteralMarker marker)
    {
        marker = default;
        var nonSynchronizing = !body.IsEmpty && body[^1] == '+';
        var digits = nonSynchronizing ? body[..^1] : body;
        if (digits.IsEmpty || digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
            return false;
        if (!Utf8Parser.TryParse(digits, out long octets, out _))
            octets = Absurd;
        marker = new LiteralMarker(octets, nonSynchronizing, length);
        return true;
    }
}
