namespace MailMesh.Mime;

/// <summary>
/// RFC 2045 §6.7 quoted-printable, with rule 3: blanks at a line's end were added on the way, and are dropped, before a soft line break too. What is no
/// encoding stays as it is.
/// </summary>
/// <remarks>An own decoder, since MimeKit's keeps the blanks.</remarks>
internal sealed class QuotedPrintableLines
{
    /// <summary>RFC 2045 §6.7 (5): no line is longer; blanks past this are no padding.</summary>
    private const int MaxBlanks = 998;

    private readonly byte[] _blanks = new byte[MaxBlanks];
    private int _blankCount;
    private State _state;
    private byte _first;

    private enum State
    {
        Text,

        /// <summary>Behind '='.</summary>
        Equals,

        /// <summary>Behind '=' and one hexadecimal digit.</summary>
        Digit,

        /// <summary>Behind '=' and blanks, which are padding if a line's end follows.</summary>
        Padding,

        /// <summary>Behind '=' and CR.</summary>
        SoftBreak,
    }

    /// <summary>What was kept back may come with the piece, and an '=' that was none.</summary>
    public static int MostOctets(int inputLength) => inputLength + MaxBlanks + 3;

    /// <summary>Decodes the next piece; gives how much of <paramref name="output"/> it took.</summary>
    /// <param name="output">Holds <see cref="MostOctets"/>.</param>
    public int Decode(ReadOnlySpan<byte> input, Span<byte> output)
    {
        var written = 0;
        for (var i = 0; i < input.Length;)
        {
            if (_state == State.Text)
                i += TakeText(input[i..], output, ref written);
            else if (Take(input[i], output, ref written))
                i++;
        }
        return written;
    }

    private int TakeText(ReadOnlySpan<byte> input, Span<byte> output, ref int written)
    {
        var run = input.IndexOfAny("= \t\r\n"u8);
        if (run < 0)
            run = input.Length;
        if (run > 0)
        {
            PutBlanks(output, ref written);
            input[..run].CopyTo(output[written..]);
            written += run;
            return run;
        }
        switch (input[0])
        {
            case (byte)'=':
                PutBlanks(output, ref written);
                _state = State.Equals;
                break;
            case (byte)' ' or (byte)'\t':
                if (_blankCount == MaxBlanks)
                    PutBlanks(output, ref written);
                _blanks[_blankCount++] = input[0];
                break;
            default:
                _blankCount = 0;
                output[written++] = input[0];
                break;
        }
        return 1;
    }

    /// <summary>False where the octet is still to be taken as text.</summary>
    private bool Take(byte octet, Span<byte> output, ref int written)
    {
        switch (_state)
        {
            case State.Equals when char.IsAsciiHexDigit((char)octet):
                (_state, _first) = (State.Digit, octet);
                return true;
            case State.Digit when char.IsAsciiHexDigit((char)octet):
                output[written++] = (byte)(Value(_first) << 4 | Value(octet));
                _state = State.Text;
                return true;
            case State.Equals or State.Padding when octet == '\n':
                (_state, _blankCount) = (State.Text, 0);
                return true;
            case State.Equals or State.Padding when octet == '\r':
                _state = State.SoftBreak;
                return true;
            case State.Equals or State.Padding when octet is (byte)' ' or (byte)'\t' && _blankCount < MaxBlanks:
                _blanks[_blankCount++] = octet;
                _state = State.Padding;
                return true;
            case State.SoftBreak when octet == '\n':
                (_state, _blankCount) = (State.Text, 0);
                return true;
            case State.SoftBreak:
                output[written++] = (byte)'=';
                PutBlanks(output, ref written);
                output[written++] = (byte)'\r';
                _state = State.Text;
                return false;
            default:
                // No encoding after all.
                output[written++] = (byte)'=';
                if (_state == State.Digit)
                    output[written++] = _first;
                _state = State.Text;
                return false;
        }
    }

    private void PutBlanks(Span<byte> output, ref int written)
    {
        _blanks.AsSpan(0, _blankCount).CopyTo(output[written..]);
        written += _blankCount;
        _blankCount = 0;
    }

    private static int Value(byte digit) => char.IsAsciiDigit((char)digit) ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
