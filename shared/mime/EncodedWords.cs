using System.Text;

namespace MailMesh.Mime;

/// <summary>RFC 2047: text beyond ASCII in a header that must have none.</summary>
internal static class EncodedWords
{
    /// <summary>RFC 2047 §2: a word has 75 characters, of which base64 fills 60 with 45 octets.</summary>
    private const int MaxOctets = 45;

    /// <summary>UTF-8 that is not ASCII; octets that are not UTF-8 are in no charset that we could name.</summary>
    public static bool AreNeededFor(string? text)
    {
        if (text is null || Ascii.IsValid(text))
            return false;
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                return text.Contains('\uFFFD', StringComparison.Ordinal); // a lone surrogate reads as it, too: see HeaderOctets
        }
        return true;
    }

    /// <summary>The text as encoded words, divided by blanks that belong to none; words that were encoded already are among them.</summary>
    public static string Encode(string text)
    {
        var words = new StringBuilder();
        var octets = new byte[MaxOctets];
        var length = 0;
        foreach (var rune in MessageText.Decode(text).EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > MaxOctets)
            {
                Append(words, octets.AsSpan(0, length));
                length = 0;
            }
            length += rune.EncodeToUtf8(octets.AsSpan(length));
        }
        Append(words, octets.AsSpan(0, length));
        return words.ToString();
    }

    private static void Append(StringBuilder words, ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty)
            return;
        if (words.Length > 0)
            words.Append(' ');
        words.Append("=?utf-8?B?").Append(Convert.ToBase64String(octets)).Append("?=");
    }
}
