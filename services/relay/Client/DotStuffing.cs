using System.Buffers;

namespace MailMesh.Relay.Client;

/// <summary>RFC 5321 §4.5.2: writes a message as the content of DATA, piece by piece, and ends it.</summary>
/// <remarks>
/// The octets go out as they are, dots at a line's start doubled. A bare CR or LF, which no MailMesh listener takes in, goes
/// out as CRLF (§2.3.8 forbids it bare): a server that took one for a line's end could be made to see two messages in one.
/// </remarks>
internal struct DotStuffing()
{
    private bool _atLineStart = true;
    private bool _afterCr;

    public void Write(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        while (!octets.IsEmpty)
        {
            if (_afterCr)
            {
                EndLine(output);
                if (octets[0] == (byte)'\n')
                {
                    octets = octets[1..];
                    continue;
                }
            }
            if (_atLineStart && octets[0] == (byte)'.')
                output.Write("."u8);
            octets = WriteLine(octets, output);
        }
    }

    /// <summary>Ends the last line where it is not ended, and writes the final dot.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        if (_afterCr || !_atLineStart)
            EndLine(output);
        output.Write(".\r\n"u8);
    }

    private ReadOnlySpan<byte> WriteLine(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var end = octets.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            output.Write(octets);
            _atLineStart = false;
            return [];
        }
        if (octets[end] == (byte)'\r' && end + 1 < octets.Length && octets[end + 1] == (byte)'\n')
        {
            output.Write(octets[..(end + 2)]);
            _atLineStart = true;
            return octets[(end + 2)..];
        }
        output.Write(octets[..end]);
        if (octets[end] == (byte)'\n')
            EndLine(output);
        else
            (_afterCr, _atLineStart) = (true, false);
        return octets[(end + 1)..];
    }

    private void EndLine(IBufferWriter<byte> output)
    {
        output.Write("\r\n"u8);
        (_afterCr, _atLineStart) = (false, true);
    }
}
