namespace MailMesh.Ingress.Message;

/// <summary>Notices what a message that comes by BDAT must not have; octets in, in pieces of any size; no I/O.</summary>
/// <remarks>
/// RFC 3030 §2: a chunk's size ends it, so that no dot means anything. Its content is a message all the same (RFC 5321 §2.3.8): it goes on
/// by DATA, where a bare CR or LF could end it early. With BODY=BINARYMIME (§3) that holds for the header alone, and the body is any octets.
/// </remarks>
internal sealed class ContentScanner(int maxLineOctets, long maxMessageOctets, bool binary)
{
    private LineRules _lines = new(maxLineOctets);
    private bool _inBinary;

    /// <summary>The first thing that was wrong.</summary>
    public DataViolation Violation => _lines.Violation;

    /// <summary>Octets looked at: those of the message.</summary>
    public long Scanned { get; private set; }

    /// <summary>The last octets are CRLF, or there are none; in a binary body nobody asks.</summary>
    public bool EndsLine => _inBinary || _lines.IsAtLineStart;

    public void Scan(ReadOnlySpan<byte> octets)
    {
        Scanned += octets.Length;
        if (Scanned > maxMessageOctets)
            _lines.Note(DataViolation.TooLarge);
        while (!octets.IsEmpty && !_inBinary)
        {
            octets = octets[_lines.Take(octets, out var ended)..];
            _inBinary = ended && binary && _lines.EndedLineOctets == 2; // an empty line: the header has ended
        }
    }

    /// <summary>The message has ended.</summary>
    public void Finish() => _lines.Finish();
}
