using System.Buffers;
using System.Text;

namespace MailMesh.Mime;

/// <summary>The fields of a header one after another, unfolded, each cut at 64 KiB.</summary>
internal sealed class HeaderFields(LineScanner lines)
{
    private const int MaxFieldOctets = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _field = new(256);
    private byte[]? _next;
    private bool _isComplete;

    /// <summary>The field that was read last, name and value.</summary>
    public ReadOnlySpan<byte> Field => _field.WrittenSpan;

    public bool IsNamed(string name)
    {
        var colon = Field.IndexOf((byte)':');
        return colon >= 0 && Ascii.EqualsIgnoreCase(Field[..colon].TrimEnd(" \t"u8), name);
    }

    public ReadOnlySpan<byte> Value => Field[(Field.IndexOf((byte)':') + 1)..].Trim(" \t"u8);

    public bool TryRead()
    {
        _field.ResetWrittenCount();
        if (_next is { } first)
            _field.Write(first);
        var hasField = _next is not null;
        _next = null;
        while (!_isComplete && lines.TryRead(out var piece))
        {
            if (lines.StartsLine && piece is [(byte)'\n'] or [(byte)'\r', (byte)'\n'])
                break;
            var text = piece.TrimEnd("\r\n"u8);
            if (lines.StartsLine && hasField && piece[0] is not ((byte)' ' or (byte)'\t'))
            {
                _next = text.ToArray();
                return true;
            }
            hasField = true;
            _field.Write(text[..Math.Min(text.Length, MaxFieldOctets - Math.Min(MaxFieldOctets, _field.WrittenCount))]);
        }
        _isComplete = true;
        return hasField;
    }
}
