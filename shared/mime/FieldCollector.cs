using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace MailMesh.Mime;

/// <summary>Gathers the fields of a header that the index keeps, unfolded, within a budget a part and a message.</summary>
internal sealed class FieldCollector
{
    /// <summary>Octets of kept fields a part; ten times what any known client writes.</summary>
    public const int MaxPartOctets = 64 * 1024;

    /// <summary>Octets of kept fields a message; past it parts keep their type and encoding alone.</summary>
    public const int MaxMessageOctets = 1024 * 1024;

    /// <summary>Addresses a message, all its fields and inner messages together.</summary>
    public const int MaxAddresses = 10_000;

    private const int MaxTypeOctets = 512;

    private readonly ArrayBufferWriter<byte> _value = new(256);
    private readonly AddressParser _addresses = new(MaxAddresses);
    private PartHeader? _header;
    private PartField _field;
    private int _partLeft;
    private int _messageLeft = MaxMessageOctets;

    public void Begin(PartHeader header)
    {
        _header = header;
        _field = PartField.Other;
        _partLeft = MaxPartOctets;
    }

    /// <param name="piece">A line with its end, or a piece of it.</param>
    /// <param name="startsLine">The piece is the line's first.</param>
    public void Take(ReadOnlySpan<byte> piece, bool startsLine)
    {
        if (!Ascii.IsValid(piece) && Utf8.IsValid(piece))
            _header!.IsInternational = true;
        if (startsLine && piece[0] is not ((byte)' ' or (byte)'\t'))
            piece = StartField(piece);
        if (_field != PartField.Other)
            Append(piece.TrimEnd("\r\n"u8));
    }

    public void End()
    {
        if (_field != PartField.Other)
            _header!.Set(_field, HeaderOctets.GetString(_value.WrittenSpan.Trim(" \t"u8)), _addresses);
        _field = PartField.Other;
        _value.ResetWrittenCount();
    }

    private ReadOnlySpan<byte> StartField(ReadOnlySpan<byte> line)
    {
        End();
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            return [];
        _field = Identify(line[..colon].TrimEnd(" \t"u8), _header!.Envelope is not null);
        return line[(colon + 1)..];
    }

    private void Append(ReadOnlySpan<byte> octets)
    {
        var left = Math.Min(_partLeft, _messageLeft);
        if (_field is PartField.ContentType or PartField.ContentTransferEncoding)
            left = Math.Max(left, MaxTypeOctets - _value.WrittenCount);
        var kept = octets[..Math.Min(octets.Length, Math.Max(0, left))];
        _partLeft -= kept.Length;
        _messageLeft -= kept.Length;
        var target = _value.GetSpan(kept.Length);
        for (var i = 0; i < kept.Length; i++)
            target[i] = kept[i] is 0 or (byte)'\r' ? (byte)' ' : kept[i]; // RFC 3501 §9: an nstring has no NUL, a quoted one no CR
        _value.Advance(kept.Length);
    }

    private static PartField Identify(ReadOnlySpan<byte> name, bool isMessage)
    {
        var field = name.Length switch
        {
            10 when Is(name, "content-id"u8) => PartField.ContentId,
            11 when Is(name, "content-md5"u8) => PartField.ContentMd5,
            12 when Is(name, "content-type"u8) => PartField.ContentType,
            16 when Is(name, "content-language"u8) => PartField.ContentLanguage,
            16 when Is(name, "content-location"u8) => PartField.ContentLocation,
            19 when Is(name, "content-description"u8) => PartField.ContentDescription,
            19 when Is(name, "content-disposition"u8) => PartField.ContentDisposition,
            25 when Is(name, "content-transfer-encoding"u8) => PartField.ContentTransferEncoding,
            _ => PartField.Other,
        };
        return field == PartField.Other && isMessage ? IdentifyEnvelope(name) : field;
    }

    private static PartField IdentifyEnvelope(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when Is(name, "to"u8) => PartField.To,
        2 when Is(name, "cc"u8) => PartField.Cc,
        3 when Is(name, "bcc"u8) => PartField.Bcc,
        4 when Is(name, "date"u8) => PartField.Date,
        4 when Is(name, "from"u8) => PartField.From,
        6 when Is(name, "sender"u8) => PartField.Sender,
        7 when Is(name, "subject"u8) => PartField.Subject,
        8 when Is(name, "reply-to"u8) => PartField.ReplyTo,
        10 when Is(name, "message-id"u8) => PartField.MessageId,
        10 when Is(name, "references"u8) => PartField.References,
        11 when Is(name, "in-reply-to"u8) => PartField.InReplyTo,
        _ => PartField.Other,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> field) => Ascii.EqualsIgnoreCase(name, field);
}
