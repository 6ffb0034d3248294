using System.Buffers;

namespace MailMesh.Ingress.Message;

/// <summary>Holds the header of a message that a user or a device of ours sends back, bounded, until all of it is there to be looked at.</summary>
internal sealed class SubmissionHeader
{
    /// <summary>No client writes a header this long.</summary>
    public const int MaxOctets = 128 * 1024;

    private readonly ArrayBufferWriter<byte> _held = new(4096);
    private int _end = -1;

    /// <summary>The header's end has been seen, or it is too long.</summary>
    public bool IsComplete => _end >= 0 || IsTooLong;

    /// <summary>The end has not been seen within bounds.</summary>
    public bool IsTooLong => (_end < 0 ? _held.WrittenCount : _end) >= MaxOctets;

    /// <summary>Everything held, the start of the body included.</summary>
    public ReadOnlyMemory<byte> Held => _held.WrittenMemory;

    /// <summary>The header without the blank line that ends it; all that is held where there is none.</summary>
    public ReadOnlyMemory<byte> Header => _end < 0 ? Held : Held[.._end];

    public void Add(ReadOnlySpan<byte> octets)
    {
        var from = Math.Max(0, _held.WrittenCount - 3);
        _held.Write(octets);
        if (_held.WrittenSpan.StartsWith("\r\n"u8))
            _end = 0;
        else if (_held.WrittenSpan[from..].IndexOf("\r\n\r\n"u8) is >= 0 and var found)
            _end = from + found + 2;
    }
}
