using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace MailMesh.Mime;

/// <summary>Charset names of mail, Japanese ones included, as encodings that never throw.</summary>
internal static class Charsets
{
    private static readonly string[] NumberPrefixes = ["cp", "ibm", "windows-", "ms"];

    private static readonly FrozenDictionary<string, int> Aliases = new Dictionary<string, int>
    {
        ["windows-31j"] = 932,
        ["ms_kanji"] = 932,
        ["sjis"] = 932,
        ["x-sjis"] = 932,
        ["eucjp"] = 51932,
        ["x-euc-jp"] = 51932,
        ["iso-2022-jp-1"] = 50220,
        ["iso-2022-jp-2"] = 50220,
        ["iso-2022-jp-3"] = 50220,
        ["iso-2022-jp-ms"] = 50221,
        ["gb2312"] = 54936, // what calls itself gb2312 is GBK or GB 18030 as often
        ["gbk"] = 54936,
        ["utf8"] = 65001,
        ["utf-8n"] = 65001,
        ["latin1"] = 28591,
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static readonly Encoding Iso2022Jp;


    static Charsets()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        Iso2022Jp = Encoding.GetEncoding(50220, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
    }

    /// <param name="charset">The charset parameter; null where there is none.</param>
    /// <param name="sample">First octets of the text, for mail that does not say its charset.</param>
    /// <returns>The encoding; UTF-8 with replacement for a charset that nobody knows.</returns>
    public static Encoding For(string? charset, ReadOnlySpan<byte> sample)
    {
        if (charset is not null && !charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            return Named(charset);
        // Old Japanese mail has no MIME fields: its escape sequences say what it is (RFC 1468).
        return HasJapaneseEscape(sample) ? Iso2022Jp : Encoding.UTF8;
    }

    /// <summary>RFC 1468: ESC $ turns to Japanese.</summary>
    public static bool HasJapaneseEscape(ReadOnlySpan<byte> octets) => octets.IndexOf("\e$"u8) >= 0;

    public static string DecodeJapanese(ReadOnlySpan<byte> octets) => Iso2022Jp.GetString(octets);

    private static Encoding Named(string charset)
    {
        try
        {
            return CodePage(charset) is { } page
                ? Encoding.GetEncoding(page, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback)
                : Encoding.GetEncoding(charset, EncoderFallback.ReplacementFallback, DecoderFallback.ReplacementFallback);
        }
        catch (Exception unknown) when (unknown is NotSupportedException or ArgumentException)
        {
            return Encoding.UTF8;
        }
    }

    /// <summary>Names that mail uses and .NET does not know: some of Japan, and a code page by its number (cp1252, ibm437, windows-31j).</summary>
    private static int? CodePage(string charset)
    {
        if (Aliases.TryGetValue(charset, out var page))
            return page;
        foreach (var prefix in NumberPrefixes)
        {
            if (charset.StartsWith(prefix, StringComparison.OrdinalIgnoreCase) && int.TryParse(charset.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out page))
                return page;
        }
        return null;
    }
}
