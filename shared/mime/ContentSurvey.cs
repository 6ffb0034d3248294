using System.Buffers;

namespace MailMesh.Mime;

/// <summary>What octets ask of the way that they take; octets in, in pieces of any size.</summary>
internal sealed class ContentSurvey
{
    /// <summary>RFC 5322 §2.1.1, without its CRLF.</summary>
    private const int MaxLineOctets = 998;

    private static readonly SearchValues<byte> Special = SearchValues.Create("\r\n\0"u8);

    private long _lineOctets;
    private bool _afterCr;
    private bool _hasStray;

    public bool HasEightBit { get; private set; }

    /// <summary>A line past what RFC 5322 §2.1.1 allows.</summary>
    public bool HasLongLine { get; private set; }

    /// <summary>A NUL, or a CR or LF that is no line end.</summary>
    public bool HasStray => _hasStray || _afterCr;

    /// <summary>RFC 2045 §2.7: 7bit data.</summary>
    public bool IsSevenBit => !HasEightBit && IsLines;

    /// <summary>RFC 2045 §2.8: 8bit data at the most.</summary>
    public bool IsLines => !HasLongLine && !HasStray;

    public void Look(ReadOnlySpan<byte> octets)
    {
        HasEightBit |= octets.ContainsAnyInRange((byte)0x80, (byte)0xff);
        while (!octets.IsEmpty)
        {
            if (_afterCr)
                EndLine(ref octets);
            else
                RunInLine(ref octets);
        }
    }

    private void EndLine(ref ReadOnlySpan<byte> octets)
    {
        _afterCr = false;
        if (octets[0] != (byte)'\n')
        {
            _hasStray = true;
            return;
        }
        _lineOctets = 0;
        octets = octets[1..];
    }

    private void RunInLine(ref ReadOnlySpan<byte> octets)
    {
        var found = octets.IndexOfAny(Special);
        var run = found < 0 ? octets.Length : found;
        _lineOctets += run;
        HasLongLine |= _lineOctets > MaxLineOctets;
        if (found >= 0)
        {
            _afterCr = octets[found] == (byte)'\r';
            _hasStray |= !_afterCr;
            run++;
        }
        octets = octets[run..];
    }
}
