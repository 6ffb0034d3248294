namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §7 TOP: the header, the empty line, and so many lines of the body.</summary>
internal sealed class LineLimit(int bodyLines)
{
    private int _left = bodyLines;
    private bool _inBody;
    private bool _isBlank = true;
    private bool _hasOctets;

    public bool IsReached { get; private set; }

    /// <summary>How many of the message's next octets belong to it.</summary>
    public int Take(ReadOnlySpan<byte> octets)
    {
        var taken = 0;
        while (!IsReached && taken < octets.Length)
        {
            var rest = octets[taken..];
            var end = rest.IndexOf((byte)'\n');
            var line = end < 0 ? rest : rest[..end];
            // One CR belongs to the line's end; a second one is text, also where the store cuts between them.
            _isBlank &= line.IsEmpty || (!_hasOctets && line is [(byte)'\r']);
            _hasOctets |= !line.IsEmpty;
            taken += end < 0 ? rest.Length : end + 1;
            if (end >= 0)
                EndLine();
        }
        return taken;
    }

    private void EndLine()
    {
        if (_inBody)
            _left--;
        _inBody |= _isBlank;
        _isBlank = true;
        _hasOctets = false;
        IsReached = _inBody && _left <= 0;
    }
}
