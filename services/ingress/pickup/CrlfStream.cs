using System.Buffers;

namespace MailMesh.Ingress.Pickup;

/// <summary>Makes every line end with CRLF (RFC 5322 §2.3), whatever the program that wrote the file ended it with.</summary>
internal sealed class CrlfStream
{
    private readonly ArrayBufferWriter<byte> _out = new();
    private byte _last = (byte)'\n';

    /// <summary>The next octets; valid until the next call.</summary>
    /// <exception cref="BadPickupException">A NUL: no mail has one.</exception>
    public ReadOnlySpan<byte> Convert(ReadOnlySpan<byte> octets)
    {
        _out.Clear();
        foreach (var octet in octets)
        {
            if (octet == 0)
                throw new BadPickupException("It holds a NUL octet, so that it is no mail.");
            if (_last == '\r' && octet != '\n')
                Write((byte)'\n'); // a bare CR ends a line too
            else if (octet == '\n' && _last != '\r')
                Write((byte)'\r');
            Write(octet);
            _last = octet;
        }
        return _out.WrittenSpan;
    }

    /// <summary>What the last line lacks.</summary>
    public ReadOnlySpan<byte> End()
    {
        var missing = _last switch { (byte)'\n' => ""u8, (byte)'\r' => "\n"u8, _ => "\r\n"u8 };
        _last = (byte)'\n';
        return missing;
    }

    private void Write(byte octet)
    {
        _out.GetSpan(1)[0] = octet;
        _out.Advance(1);
    }
}
