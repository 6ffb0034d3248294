using System.Buffers;
using System.Text;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.5 HEADER.FIELDS and HEADER.FIELDS.NOT: picks fields from a header that comes in pieces.</summary>
internal sealed class HeaderFieldFilter(IReadOnlyList<string> fields, bool wanted)
{
    /// <summary>No header of good will is longer; what comes after is left out, so that no message can fill memory.</summary>
    private const int MaxOctets = 1024 * 1024;

    private readonly byte[][] _names = [.. fields.Select(Encoding.UTF8.GetBytes)];
    private readonly int _longest = fields.Max(field => Encoding.UTF8.GetByteCount(field));
    private readonly ArrayBufferWriter<byte> _kept = new(1024);
    private readonly ArrayBufferWriter<byte> _start = new(128);
    private State _state = State.LineStart;
    private bool _keeps;

    private enum State
    {
        LineStart,

        /// <summary>Within what may be a field's name.</summary>
        Name,

        /// <summary>Within a line whose fate is decided.</summary>
        Line,
    }

    public void Add(ReadOnlySpan<byte> piece)
    {
        while (!piece.IsEmpty)
        {
            if (_state == State.LineStart)
                StartLine(piece[0]);
            piece = _state == State.Name ? TakeName(piece) : TakeLine(piece);
        }
    }

    /// <summary>The fields and the empty line, which is always there.</summary>
    public ReadOnlyMemory<byte> Finish()
    {
        if (_state == State.Name)
            Decide(isField: false);
        if (_kept.WrittenCount > 0 && _kept.WrittenSpan[^1] != '\n')
            _kept.Write("\r\n"u8);
        _kept.Write("\r\n"u8);
        return _kept.WrittenMemory;
    }

    private void StartLine(byte first)
    {
        // A line that starts with a blank goes on with the field before it.
        if (first is (byte)' ' or (byte)'\t')
        {
            _state = State.Line;
            return;
        }
        _start.ResetWrittenCount();
        _state = State.Name;
    }

    private ReadOnlySpan<byte> TakeName(ReadOnlySpan<byte> piece)
    {
        var end = piece.IndexOfAny((byte)':', (byte)'\n');
        var room = Math.Max(0, _longest + 64 - _start.WrittenCount); // blanks may stand before the colon
        if (end < 0 && piece.Length < room)
        {
            _start.Write(piece);
            return default;
        }
        var length = end < 0 || end > room ? room : end;
        _start.Write(piece[..length]);
        Decide(isField: length == end && piece[end] == ':');
        return piece[length..];
    }

    private void Decide(bool isField)
    {
        var line = _start.WrittenSpan;
        _state = State.Line;
        if (!isField && line.Trim("\r"u8).IsEmpty)
            _keeps = false; // the empty line, which Finish writes
        else
            _keeps = (isField && IsListed(line.TrimEnd(" \t"u8))) == wanted;
        if (_keeps)
            Keep(line);
    }

    private bool IsListed(ReadOnlySpan<byte> name)
    {
        foreach (var listed in _names)
        {
            if (Ascii.EqualsIgnoreCase(name, listed))
                return true;
        }
        return false;
    }

    private ReadOnlySpan<byte> TakeLine(ReadOnlySpan<byte> piece)
    {
        var end = piece.IndexOf((byte)'\n') + 1;
        var length = end == 0 ? piece.Length : end;
        if (_keeps)
            Keep(piece[..length]);
        if (end > 0)
            _state = State.LineStart;
        return piece[length..];
    }

    private void Keep(ReadOnlySpan<byte> octets)
    {
        if (_kept.WrittenCount + octets.Length <= MaxOctets)
            _kept.Write(octets);
    }
}
