using System.Buffers;

namespace MailMesh.Mime;

/// <summary>A stream's lines in one buffer; a line longer than the buffer comes in pieces.</summary>
internal sealed class LineScanner(Stream stream, int bufferOctets = 16 * 1024) : IDisposable
{
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(bufferOctets);
    private int _start;
    private int _end;
    private bool _complete;
    private bool _endsLine = true;

    /// <summary>Offset of the piece that was read last.</summary>
    public long Offset { get; private set; }

    /// <summary>Offset after the piece that was read last.</summary>
    public long Next { get; private set; }

    /// <summary>The piece is the first of its line.</summary>
    public bool StartsLine { get; private set; }

    /// <summary>Gives the next line with its CRLF or LF, or a piece of it; valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> piece)
    {
        StartsLine = _endsLine;
        Offset = Next;
        piece = NextPiece();
        _endsLine = !piece.IsEmpty && piece[^1] == (byte)'\n';
        Next += piece.Length;
        return !piece.IsEmpty;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private ReadOnlySpan<byte> NextPiece()
    {
        var searched = 0;
        while (true)
        {
            var found = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (found >= 0)
                return Take(searched + found + 1);
            searched = _end - _start;
            if (_complete)
                return Take(searched);
            if (searched == _buffer.Length)
                return Take(_buffer[^1] == (byte)'\r' ? searched - 1 : searched); // a CR stays with its LF
            Fill();
        }
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        var piece = _buffer.AsSpan(_start, length);
        _start += length;
        return piece;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _complete = read == 0;
    }
}
