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
    private Position _position = Position.LineStart;
    private LineRules _lines = new(maxLineOctets);

    private enum Position
    {
        /// <summary>After a CRLF, that of the DATA command included.</summary>
        LineStart,

        /// <summary>After a dot at a line's start.</summary>
        Dot,

        /// <summary>After a dot at a line's start and a CR.</summary>
        DotCr,

        InLine,
    }

    /// <summary>The end was found: what follows is the next command.</summary>
    public bool Ended { get; private set; }

    /// <summary>The first thing that was wrong; from there on nothing is given out.</summary>
    public DataViolation Violation => _lines.Violation;

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
                    _lines.Note(DataViolation.BareCr);
                    _position = Position.InLine;
                    break;
                default:
                    at += _lines.Take(input[at..], out var ended);
                    _position = ended ? Position.LineStart : Position.InLine;
                    break;
            }
        }
        return Take(at, start, at, out length);
    }

    private int Take(int taken, int start, int end, out int length)
    {
        Scanned += taken;
        MessageOctets += end - start;
        if (MessageOctets > maxMessageOctets)
            _lines.Note(DataViolation.TooLarge);
        length = Violation == DataViolation.None ? end - start : 0;
        return taken;
    }
}
