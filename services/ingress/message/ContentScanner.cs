using System.Buffers;

namespace MailMesh.Ingress.Message;

/// <summary>Notices what a message that comes by BDAT must not have; octets in, in pieces of any size; no I/O.</summary>
/// <remarks>
/// RFC 3030 §2: a chunk's size ends it, so that no dot means anything. Its content is a message all the same (RFC 5321 §2.3.8): it goes on
/// by DATA, where a bare CR or LF could end it early. With BODY=BINARYMIME (§3) that holds for the header alone, and the body is any octets.
/// </remarks>
internal sealed class ContentScanner(int maxLineOctets, long maxMessageOctets, bool binary)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private long _lineOctets;
    private bool _afterCr;
    private bool _inBinary;

    /// <summary>The first thing that was wrong.</summary>
    public DataViolation Violation { get; private set; }

    /// <summary>Octets looked at: those of the message.</summary>
    public long Scanned { get; private set; }

    /// <summary>The last octets are CRLF, or there are none; in a binary body nobody asks.</summary>
    public bool EndsLine => _inBinary || _lineOctets == 0;

    public void Scan(ReadOnlySpan<byte> octets)
    {
        Scanned += octets.Length;
        if (Scanned > maxMessageOctets)
            Note(DataViolation.TooLarge);
        while (!octets.IsEmpty && !_inBinary)
            octets = octets[(_afterCr ? EndLine(octets[0]) : RunInLine(octets))..];
    }

    /// <summary>The message has ended.</summary>
    public void Finish()
    {
        if (_afterCr)
            Note(DataViolation.BareCr);
        else if (_lineOctets + 2 > maxLineOctets)
            Note(DataViolation.LineTooLong);
    }

    private int EndLine(byte octet)
    {
        _afterCr = false;
        if (octet != '\n')
        {
            Note(DataViolation.BareCr);
            return 0;
        }
        if (++_lineOctets > maxLineOctets)
            Note(DataViolation.LineTooLong);
        _inBinary = binary && _lineOctets == 2; // an empty line: the header has ended
        _lineOctets = 0;
        return 1;
    }

    /// <summary>Up to the next CR, LF or NUL, which is taken too.</summary>
    private int RunInLine(ReadOnlySpan<byte> rest)
    {
        var found = rest.IndexOfAny(Special);
        if (found < 0)
        {
            _lineOctets += rest.Length;
            return rest.Length;
        }
        _lineOctets += found + 1;
        if (rest[found] == '\r')
            _afterCr = true;
        else
            Note(rest[found] == 0 ? DataViolation.Nul : DataViolation.BareLf);
        return found + 1;
    }

    private void Note(DataViolation violation)
    {
        if (Violation == DataViolation.None)
            Violation = violation;
    }
}
