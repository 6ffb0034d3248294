using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MailMesh.Mime;

/// <summary>
/// Header octets as text and back without loss: UTF-8, and an octet 0xNN that is not UTF-8 is the lone surrogate U+DCNN
/// (as Python's 'surrogateescape'), so that a field in a legacy charset reaches the client as it was sent.
/// </summary>
public static class HeaderOctets
{
    private const int Escape = 0xDC00;

    public static string GetString(ReadOnlySpan<byte> octets)
    {
        if (Utf8.IsValid(octets))
            return Encoding.UTF8.GetString(octets);
        var text = new StringBuilder(octets.Length);
        Span<char> pair = stackalloc char[2];
        while (!octets.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(octets, out var rune, out var consumed) == OperationStatus.Done)
            {
                text.Append(pair[..rune.EncodeToUtf16(pair)]);
            }
            else
            {
                consumed = 1;
                text.Append((char)(Escape + octets[0]));
            }
            octets = octets[consumed..];
        }
        return text.ToString();
    }

    public static byte[] GetBytes(string text)
    {
        var octets = new ArrayBufferWriter<byte>(text.Length + 16);
        Write(text, octets);
        return octets.WrittenSpan.ToArray();
    }

    /// <summary>How many octets <see cref="Write"/> writes.</summary>
    public static int Length(ReadOnlySpan<char> text)
    {
        var length = 0;
        while (NextEscape(text) is >= 0 and var escaped)
        {
            length += Encoding.UTF8.GetByteCount(text[..escaped]) + 1;
            text = text[(escaped + 1)..];
        }
        return length + Encoding.UTF8.GetByteCount(text);
    }

    public static void Write(ReadOnlySpan<char> text, IBufferWriter<byte> output)
    {
        while (NextEscape(text) is >= 0 and var escaped)
        {
            Encoding.UTF8.GetBytes(text[..escaped], output);
            output.Write([(byte)(text[escaped] - Escape)]);
            text = text[(escaped + 1)..];
        }
        Encoding.UTF8.GetBytes(text, output);
    }

    /// <summary>Index of the next escaped octet; the second half of a pair is a character's.</summary>
    private static int NextEscape(ReadOnlySpan<char> text)
    {
        var start = 0;
        while (text[start..].IndexOfAnyInRange((char)(Escape + 0x80), (char)(Escape + 0xFF)) is >= 0 and var found)
        {
            var index = start + found;
            if (index == 0 || !char.IsHighSurrogate(text[index - 1]))
                return index;
            start = index + 1;
        }
        return -1;
    }
}
