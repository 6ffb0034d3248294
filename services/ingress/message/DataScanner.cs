using System.Buffers;

namespace MailMesh.Ingress.Message;

/// <summary>
/// RFC 5321 §4.1.1.4 and §4.5.2: finds the end of a message, takes the dots out that were put in, and notices what a message must
/// not have. Octets in, runs of message octets out, in pieces of any size; no I/O.
/// </summary>
/// <remarks>
/// CRLF.CRLF alone ends a message. LF.LF, LF.CRLF, CR.CR and every other form that some server takes for an end is a
/// violation: the message is read to its true end and refused, so that no second message can be smuggled in it.
/// </remarks>
internal sealed class DataScanner(int maxLineOctets, long maxMessageOctets)
{
    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private Position _position = Position.LineStart;
    private long _lineOctets;

    private enum Position
    {
        /// <summary>After a CRLF, that of the DATA command included.</summary>
        LineStart,

        /// <summary>After a dot at a line's start.</summary>
        Dot,

        /// <summary>After a dot at a line's start and a CR.</summary>
        DotCr,

        InLine,

        /// <summary>After a CR within a line.</summary>
        Cr,
    }

    /// <summary>The end was found: what follows is the next command.</summary>
    public bool Ended { get; private set; }

    /// <summary>The first thing that was wrong; from there on nothing is given out.</summary>
    public DataViolation Violation { get; private set; }

    /// <summary>Octets looked at.</summary>
    public long Scanned { get; private set; }

    /// <summary>Octets of the message (RFC 1870 §3: neither put-in dots nor the end are counted).</summary>
    public long MessageOctets { get; private set; }

    /// <summary>Looks at the next octets; gives the number taken, which is less than all at an end or beside a dot that is left out.</summary>
    /// <param name="input">What came, from any point on.</param>
    /// <param name="start">Start of the run of message octets among those taken.</param>
    /// <param name="length">Length of that run; 0 when there is none.</param>
    public int Scan(ReadOnlySpan<byte> input, out int start, out int length)
    {
        start = 0;
        var at = 0;
        while (at < input.Length && !Ended)
        {
            switch (_position)
            {
                case Position.LineStart when input[at] == '.':
                    _position = Position.Dot;
                    if (at > start)
                        return Take(at + 1, start, at, out length);
                    start = ++at;
                    break;
                case Position.Dot when input[at] == '\r':
                    _position = Position.DotCr;
                    start = ++at;
                    break;
                case Position.DotCr when input[at] == '\n':
                    Ended = true;
                    start = ++at;
                    break;
                case Position.DotCr:
                    Note(DataViolation.BareCr);
                    _position = Position.InLine;
                    break;
                case Position.LineStart or Position.Dot:
                    _position = Position.InLine;
                    _lineOctets = 0;
                    break;
                case Position.Cr:
                    at += EndLine(input[at]);
                    break;
                default:
                    at += RunInLine(input[at..]);
                    break;
            }
        }
        return Take(at, start, at, out length);
    }

    private int EndLine(byte octet)
    {
        if (octet != '\n')
        {
            Note(DataViolation.BareCr);
            _position = Position.InLine;
            return 0;
        }
        if (++_lineOctets > maxLineOctets)
            Note(DataViolation.LineTooLong);
        _position = Position.LineStart;
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
            _position = Position.Cr;
        else
            Note(rest[found] == 0 ? DataViolation.Nul : DataViolation.BareLf);
        return found + 1;
    }

    private int Take(int taken, int start, int end, out int length)
    {
        Scanned += taken;
        MessageOctets += end - start;
        if (MessageOctets > maxMessageOctets)
            Note(DataViolation.TooLarge);
        length = Violation == DataViolation.None ? end - start : 0;
        return taken;
    }

    private void Note(DataViolation violation)
    {
        if (Violation == DataViolation.None)
            Violation = violation;
    }
}
