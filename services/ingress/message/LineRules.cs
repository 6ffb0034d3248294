using System.Buffers;

namespace MailMesh.Ingress.Message;

/// <summary>
/// What no line of a message may have, whichever way it comes: a CR or LF that is not part of a CRLF (RFC 5321 §2.3.8), NUL, and more octets than allowed
/// (§4.5.3.1.6). Octets in, in pieces of any size.
/// </summary>
internal struct LineRules(int maxLineOctets)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private long _octets;
    private bool _afterCr;

    /// <summary>The first thing that was wrong.</summary>
    public DataViolation Violation { get; private set; }

    /// <summary>Octets of the line that ended last, with its CRLF.</summary>
    public long EndedLineOctets { get; private set; }

    /// <summary>Nothing has come since the last CRLF.</summary>
    public readonly bool IsAtLineStart => _octets == 0;

    public void Note(DataViolation violation)
    {
        if (Violation == DataViolation.None)
            Violation = violation;
    }

    /// <summary>Takes octets of one line, up to its end at most; gives their number.</summary>
    /// <param name="rest">Not empty.</param>
    /// <param name="ended">The last of them ended the line.</param>
    public int Take(ReadOnlySpan<byte> rest, out bool ended)
    {
        ended = false;
        return _afterCr ? TakeAfterCr(rest[0], out ended) : TakeRun(rest);
    }

    /// <summary>The message ends here, within a line or behind one.</summary>
    public void Finish()
    {
        if (_afterCr)
            Note(DataViolation.BareCr);
        else if (_octets + 2 > maxLineOctets)
            Note(DataViolation.LineTooLong);
    }

    private int TakeAfterCr(byte octet, out bool ended)
    {
        _afterCr = false;
        ended = octet == '\n';
        if (!ended)
        {
            Note(DataViolation.BareCr);
            return 0;
        }
        EndedLineOctets = _octets + 1;
        if (EndedLineOctets > maxLineOctets)
            Note(DataViolation.LineTooLong);
        _octets = 0;
        return 1;
    }

    /// <summary>Up to the next CR, LF or NUL, which is taken too.</summary>
    private int TakeRun(ReadOnlySpan<byte> rest)
    {
        var found = rest.IndexOfAny(Special);
        if (found < 0)
        {
            _octets += rest.Length;
            return rest.Length;
        }
        _octets += found + 1;
        if (rest[found] == '\r')
            _afterCr = true;
        else
            Note(rest[found] == 0 ? DataViolation.Nul : DataViolation.BareLf);
        return found + 1;
    }
}
