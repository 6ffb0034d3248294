using System.Buffers;
using System.Text;

namespace MailMesh.Mime;

/// <summary>A part's header with another transfer encoding; every other field stays as it is.</summary>
internal static class PartHeaderEdit
{
    /// <param name="header">With its empty line, if it has one.</param>
    /// <param name="encoding">The value of Content-Transfer-Encoding.</param>
    /// <param name="isMessage">RFC 2045 §4: the header of a message with MIME fields says MIME-Version.</param>
    /// <param name="asOctets">A part that says multipart or message, and may not be encoded as such (RFC 2045 §6.4), becomes octets.</param>
    public static ReadOnlyMemory<byte> Encoded(ReadOnlySpan<byte> header, string encoding, bool isMessage, bool asOctets)
    {
        var edited = new ArrayBufferWriter<byte>(header.Length + 128);
        var (hasVersion, isReplaced) = (false, false);
        while (!header.IsEmpty && !IsEmptyLine(header))
        {
            var field = header[..EndOfField(header)];
            header = header[field.Length..];
            hasVersion |= Is(field, "MIME-Version"u8);
            var isOther = asOctets && Is(field, "Content-Type"u8) && IsComposite(field);
            isReplaced |= isOther;
            if (isOther || Is(field, "Content-Transfer-Encoding"u8))
                continue;
            edited.Write(field);
            if (field[^1] != (byte)'\n')
                edited.Write("\r\n"u8);
        }
        if (isMessage && !hasVersion)
            edited.Write("MIME-Version: 1.0\r\n"u8);
        if (isReplaced)
            edited.Write("Content-Type: application/octet-stream\r\n"u8);
        edited.Write(Encoding.ASCII.GetBytes($"Content-Transfer-Encoding: {encoding}\r\n"));
        edited.Write(header);
        return edited.WrittenMemory;
    }

    private static bool IsEmptyLine(ReadOnlySpan<byte> rest) => rest.StartsWith("\r\n"u8) || rest[0] == (byte)'\n';

    /// <summary>RFC 5322 §2.2.3: a line that starts with a blank continues the field.</summary>
    private static int EndOfField(ReadOnlySpan<byte> header)
    {
        var at = 0;
        do
        {
            var end = header[at..].IndexOf((byte)'\n');
            if (end < 0)
                return header.Length;
            at += end + 1;
        }
        while (at < header.Length && header[at] is (byte)' ' or (byte)'\t');
        return at;
    }

    private static bool Is(ReadOnlySpan<byte> field, ReadOnlySpan<byte> name)
    {
        var colon = field.IndexOf((byte)':');
        return colon > 0 && Ascii.EqualsIgnoreCase(field[..colon].TrimEnd(" \t"u8), name);
    }

    private static bool IsComposite(ReadOnlySpan<byte> contentType)
    {
        var value = contentType[(contentType.IndexOf((byte)':') + 1)..].TrimStart(" \t\r\n"u8);
        var type = value.IndexOf((byte)'/') is > 0 and var slash ? value[..slash].TrimEnd(" \t\r\n"u8) : value;
        return Ascii.EqualsIgnoreCase(type, "multipart"u8) || Ascii.EqualsIgnoreCase(type, "message"u8);
    }
}
