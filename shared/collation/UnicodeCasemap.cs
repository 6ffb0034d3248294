using System.Buffers;
using System.Text;

namespace MailMesh.Collation;

/// <summary>RFC 5051 i;unicode-casemap: texts are equal without regard to case, and to ways of writing the same characters.</summary>
public static class UnicodeCasemap
{
    /// <summary>The form in which texts are compared: capitals, decomposed (Normalization Form KD).</summary>
    public static string Fold(string text)
    {
        if (!Ascii.IsValid(text))
        {
            var folded = new ArrayBufferWriter<char>(text.Length + 16);
            Fold(text, folded);
            return new string(folded.WrittenSpan);
        }
        return text.AsSpan().ContainsAnyInRange('a', 'z') ? text.ToUpperInvariant() : text;
    }

    /// <summary>Folds a piece of a text; pieces fold as the whole does where none divides a surrogate pair.</summary>
    public static void Fold(ReadOnlySpan<char> text, IBufferWriter<char> output)
    {
        while (!text.IsEmpty)
        {
            var ascii = text.IndexOfAnyExceptInRange('\0', '\x7F');
            if (ascii < 0)
                ascii = text.Length;
            if (ascii > 0)
            {
                Ascii.ToUpper(text[..ascii], output.GetSpan(ascii), out _);
                output.Advance(ascii);
                text = text[ascii..];
                continue;
            }
            // A lone surrogate is U+FFFD from here on.
            Rune.DecodeFromUtf16(text, out var rune, out var length);
            FoldRune(rune, output);
            text = text[length..];
        }
    }

    /// <summary>The order of two folded texts: that of their code points, as of their UTF-8 octets.</summary>
    public static int Compare(string folded, string other)
    {
        var same = folded.AsSpan().CommonPrefixLength(other);
        if (same == folded.Length || same == other.Length)
            return folded.Length.CompareTo(other.Length);
        return Weight(folded[same]).CompareTo(Weight(other[same]));
    }

    /// <summary>Surrogates stand for what comes after all of the first plane.</summary>
    private static int Weight(char c) => char.IsSurrogate(c) ? c + 0x10000 : c;

    private static void FoldRune(Rune rune, IBufferWriter<char> output)
    {
        var capital = Rune.ToUpperInvariant(rune);
        if (Decompositions.Of(capital.Value) is { IsEmpty: false } decomposed)
        {
            foreach (var part in decomposed)
                Write(Rune.ToUpperInvariant(new Rune(part)), output);
            return;
        }
        if (Hangul.IsSyllable(capital.Value))
            Hangul.Decompose(capital.Value, output);
        else
            Write(capital, output);
    }

    private static void Write(Rune rune, IBufferWriter<char> output) => output.Advance(rune.EncodeToUtf16(output.GetSpan(2)));
}
