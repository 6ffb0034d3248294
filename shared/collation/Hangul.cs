using System.Buffers;

namespace MailMesh.Collation;

/// <summary>Unicode 3.12: Hangul syllables decompose by arithmetic.</summary>
internal static class Hangul
{
    private const int First = 0xAC00;
    private const int Count = 11172;
    private const int Vowels = 21;
    private const int Tails = 28;

    public static bool IsSyllable(int code) => code is >= First and < First + Count;

    public static void Decompose(int code, IBufferWriter<char> output)
    {
        var index = code - First;
        var jamo = output.GetSpan(3);
        jamo[0] = (char)(0x1100 + (index / (Vowels * Tails)));
        jamo[1] = (char)(0x1161 + (index % (Vowels * Tails) / Tails));
        var tail = index % Tails;
        if (tail > 0)
            jamo[2] = (char)(0x11A7 + tail);
        output.Advance(tail > 0 ? 3 : 2);
    }
}
