namespace MailMesh.Mime;

/// <summary>Takes a message apart in one pass, line by line: RFC 5322 header fields, RFC 2046 boundaries.</summary>
/// <remarks>
/// An own reader, not a library's, because IMAP needs every offset to the octet, and a valid answer for any octets. A header
/// ends at its first empty line and nowhere before, as the filters, Sieve and POP3 see it too. A boundary is a line
/// of its own, blanks after it allowed.
/// </remarks>
internal sealed class MessageReader(Stream message) : IDisposable
{
    private readonly LineScanner _scanner = new(message);
    private readonly FieldCollector _fields = new();
    private readonly List<OpenPart> _open = [];
    private long _lines;
    private int _terminator;
    private int _parts;
    private int _boundaries;

    public void Dispose() => _scanner.Dispose();

    public MessageIndex Read()
    {
        Open(new OpenPart { Header = new PartHeader { Envelope = new EnvelopeFields() } }, 0);
        while (_scanner.TryRead(out var piece))
            Take(piece);
        while (_open[^1].InHeader)
            EndHeader(_scanner.Next); // of a message in it too, which is empty
        CloseDownTo(0, _scanner.Next, _lines);
        var root = _open[0];
        var fields = root.Header.Envelope!;
        return new MessageIndex(fields.Build(), root.Close(_scanner.Next, _lines)) { RefersTo = fields.RefersTo() };
    }

    private void Take(ReadOnlySpan<byte> piece)
    {
        var isBoundary = _boundaries > 0 && _scanner.StartsLine && piece.StartsWith("--"u8) && TakeBoundary(piece);
        var endsLine = piece[^1] == (byte)'\n';
        if (endsLine)
            _lines++;
        if (isBoundary)
            StartPart();
        else if (_open[^1].InHeader)
            TakeHeader(piece);
        _terminator = !endsLine ? 0 : piece.Length > 1 && piece[^2] == (byte)'\r' ? 2 : 1;
    }

    private void TakeHeader(ReadOnlySpan<byte> piece)
    {
        if (_scanner.StartsLine && piece is [(byte)'\n'] or [(byte)'\r', (byte)'\n'])
            EndHeader(_scanner.Next);
        else
            _fields.Take(piece, _scanner.StartsLine);
    }

    private void EndHeader(long bodyOffset)
    {
        _fields.End();
        var part = _open[^1];
        part.InHeader = false;
        part.BodyOffset = bodyOffset;
        part.LinesBefore = _lines;
        part.Content = part.Header.ContentOf(isNested: _open.Count < MessageIndex.MaxDepth && _parts < MessageIndex.MaxParts);
        if (part.Content == PartContent.Multipart && part.Header.Boundary is { } boundary)
        {
            part.Boundary = HeaderOctets.GetBytes(boundary);
            _boundaries++;
        }
        else if (part.Content == PartContent.Message)
        {
            Open(new OpenPart { Header = new PartHeader { Envelope = new EnvelopeFields() } }, bodyOffset);
        }
    }

    private void Open(OpenPart part, long offset)
    {
        part.HeaderOffset = offset;
        part.InHeader = true;
        _open.Add(part);
        _parts++;
        _fields.Begin(part.Header);
    }

    /// <summary>Ends what the boundary ends; true where the line is a boundary of an open multipart, which then is the innermost open part.</summary>
    private bool TakeBoundary(ReadOnlySpan<byte> line)
    {
        var text = line[2..].TrimEnd(" \t\r\n"u8);
        for (var i = _open.Count - 1; i >= 0; i--)
        {
            var part = _open[i];
            if (part.Boundary is not { } boundary || !text.StartsWith(boundary))
                continue;
            var isLast = text.Length == boundary.Length + 2 && text.EndsWith("--"u8);
            if (text.Length != boundary.Length && !isLast || part.IsFull && !isLast)
                continue;
            EndBefore(i, isLast);
            return true;
        }
        return false;
    }

    private void EndBefore(int multipart, bool isLast)
    {
        var end = _scanner.Offset - _terminator;
        if (_open[^1].InHeader)
            EndUnfinishedHeader(end);
        CloseDownTo(multipart, end, _terminator > 0 ? _lines - 1 : _lines);
        if (!isLast)
            return;
        _open[multipart].Boundary = null; // what follows is its epilogue
        _boundaries--;
    }

    /// <summary>A boundary in the header: the part has no body, and is not taken as the multipart or message that it may claim to be.</summary>
    private void EndUnfinishedHeader(long end)
    {
        _fields.End();
        var part = _open[^1];
        part.InHeader = false;
        part.BodyOffset = Math.Max(part.HeaderOffset, end);
        part.LinesBefore = _lines;
        part.Content = part.Header.ContentOf(isNested: false);
    }

    private void StartPart()
    {
        var multipart = _open[^1];
        if (multipart.Boundary is null)
            return;
        var header = new PartHeader { IsInDigest = multipart.Header.Subtype == "DIGEST" };
        if (_parts < MessageIndex.MaxParts)
        {
            Open(new OpenPart { Header = header }, _scanner.Next);
            return;
        }
        multipart.IsFull = true;
        header.SetOpaque();
        _open.Add(new OpenPart { Header = header, HeaderOffset = _scanner.Next, BodyOffset = _scanner.Next, LinesBefore = _lines });
    }

    private void CloseDownTo(int last, long end, long lines)
    {
        for (var i = _open.Count - 1; i > last; i--)
        {
            var part = _open[i];
            if (part.Boundary is not null)
                _boundaries--;
            _open.RemoveAt(i);
            _open[i - 1].Add(part, part.Close(end, lines));
        }
    }
}
