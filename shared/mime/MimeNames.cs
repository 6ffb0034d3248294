using System.Collections.Frozen;
using System.Text;

namespace MailMesh.Mime;

/// <summary>The words that nearly every message repeats, once in memory instead of once a message.</summary>
internal static class MimeNames
{
    private const int LongestWord = 32;

    private static readonly string[] UpperCaseWords =
    [
        "TEXT", "PLAIN", "HTML", "CALENDAR", "MULTIPART", "MIXED", "ALTERNATIVE", "RELATED", "REPORT", "SIGNED", "DIGEST", "MESSAGE", "RFC822", "GLOBAL",
        "DELIVERY-STATUS", "APPLICATION", "OCTET-STREAM", "PDF", "ZIP", "PKCS7-SIGNATURE", "PGP-SIGNATURE", "IMAGE", "JPEG", "PNG", "GIF",
        "7BIT", "8BIT", "BINARY", "BASE64", "QUOTED-PRINTABLE",
    ];

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> UpperCase = Frozen(StringComparer.OrdinalIgnoreCase, UpperCaseWords);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> UpperCaseExact = Frozen(StringComparer.Ordinal, UpperCaseWords);

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> AsTheyStand = Frozen(StringComparer.Ordinal,
        "charset", "boundary", "format", "delsp", "name", "filename", "filename*", "name*", "size", "type", "protocol", "micalg", "report-type",
        "utf-8", "UTF-8", "us-ascii", "US-ASCII", "iso-8859-1", "ISO-8859-1", "iso-2022-jp", "ISO-2022-JP", "Shift_JIS", "flowed", "yes", "attachment", "inline");

    public static string Upper(ReadOnlySpan<char> word)
    {
        if (UpperCase.TryGetValue(word, out var known))
            return known;
        return string.Create(word.Length, word, static (target, source) => source.ToUpperInvariant(target));
    }

    public static string Shared(ReadOnlySpan<char> word) => AsTheyStand.TryGetValue(word, out var known) ? known : word.ToString();

    /// <summary>The text of octets, without a new string for a word of MIME.</summary>
    public static string Shared(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > LongestWord || octets.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
            return HeaderOctets.GetString(octets);
        Span<char> word = stackalloc char[octets.Length];
        Encoding.ASCII.GetChars(octets, word);
        return AsTheyStand.TryGetValue(word, out var known) || UpperCaseExact.TryGetValue(word, out known) ? known : word.ToString();
    }

    private static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Frozen(StringComparer comparer, params string[] words) =>
        words.ToFrozenSet(comparer).GetAlternateLookup<ReadOnlySpan<char>>();
}
