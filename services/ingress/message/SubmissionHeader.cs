using System.Buffers;
using System.Text;

namespace MailMesh.Ingress.Message;

/// <summary>
/// RFC 6409 §8.2 and §8.3: holds the header of a submitted message back, bounded, until it is known whether it has Date and
/// Message-ID. What is too long to look at is left as it is.
/// </summary>
internal sealed class SubmissionHeader
{
    /// <summary>No client writes a header this long; a message that has one passes untouched.</summary>
    private const int MaxOctets = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _held = new(4096);
    private int _end = -1;

    /// <summary>The header's end has been seen, or it is too long.</summary>
    public bool IsComplete => _end >= 0 || _held.WrittenCount >= MaxOctets;

    /// <summary>Everything held, the start of the body included.</summary>
    public ReadOnlyMemory<byte> Held => _held.WrittenMemory;

    public void Add(ReadOnlySpan<byte> octets)
    {
        var from = Math.Max(0, _held.WrittenCount - 3);
        _held.Write(octets);
        if (_held.WrittenSpan.StartsWith("\r\n"u8))
            _end = 0;
        else if (_held.WrittenSpan[from..].IndexOf("\r\n\r\n"u8) is >= 0 and var found)
            _end = from + found + 2;
    }

    /// <summary>The fields to put before the message.</summary>
    /// <param name="atEnd">The message has ended: a header without a body is a whole one.</param>
    public string MissingFields(string messageId, string hostname, DateTimeOffset now, bool atEnd)
    {
        if (_end < 0 && !atEnd)
            return "";
        var header = _end < 0 ? _held.WrittenSpan : _held.WrittenSpan[.._end];
        var id = Has(header, "Message-ID"u8) ? "" : $"Message-ID: <{messageId}@{hostname}>\r\n";
        var date = Has(header, "Date"u8) ? "" : $"Date: {ReceivedField.Date(now)}\r\n";
        return id + date;
    }

    /// <summary>True when a line of the header starts with the name, in any case; a blank before the colon is of the obsolete syntax.</summary>
    private static bool Has(ReadOnlySpan<byte> header, ReadOnlySpan<byte> name)
    {
        while (!header.IsEmpty)
        {
            var end = header.IndexOf((byte)'\n');
            var line = end < 0 ? header : header[..end];
            var colon = line.IndexOf((byte)':');
            if (colon > 0 && Ascii.EqualsIgnoreCase(line[..colon].TrimEnd(" \t"u8), name))
                return true;
            header = end < 0 ? default : header[(end + 1)..];
        }
        return false;
    }
}
