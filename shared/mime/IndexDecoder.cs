using Has = MailMesh.Mime.IndexEncoder.Has;

namespace MailMesh.Mime;

/// <summary>Reads what <see cref="IndexEncoder"/> wrote, and trusts no octet of it: a count never allocates more than the octets that are left can fill.</summary>
internal ref struct IndexDecoder
{
    private ReadOnlySpan<byte> _rest;
    private int _parts;

    private IndexDecoder(ReadOnlySpan<byte> cached)
    {
        if (cached.IsEmpty || cached[0] != IndexEncoder.Version)
            throw Damaged();
        _rest = cached[1..];
    }

    public static MessageEnvelope Envelope(ReadOnlySpan<byte> cached)
    {
        var decoder = new IndexDecoder(cached);
        var envelope = decoder.ReadEnvelope();
        return decoder._rest.IsEmpty ? envelope : throw Damaged();
    }

    public static BodyPart Structure(ReadOnlySpan<byte> cached)
    {
        var decoder = new IndexDecoder(cached);
        var root = decoder.ReadPart(0, MessageIndex.MaxDepth + 1);
        return decoder._rest.IsEmpty ? root : throw Damaged();
    }

    public static bool IsInternational(ReadOnlySpan<byte> cached) => cached.Length > 1 && cached[0] == IndexEncoder.Version && ((Has)cached[1]).HasFlag(Has.International);

    private MessageEnvelope ReadEnvelope()
    {
        var date = ReadText();
        var subject = ReadText();
        var inReplyTo = ReadText();
        var messageId = ReadText();
        var from = ReadAddresses();
        return new MessageEnvelope
        {
            Date = date,
            Subject = subject,
            InReplyTo = inReplyTo,
            MessageId = messageId,
            From = from,
            Sender = ReadNumber() == 1 ? from : ReadAddresses(),
            ReplyTo = ReadNumber() == 1 ? from : ReadAddresses(),
            To = ReadAddresses(),
            Cc = ReadAddresses(),
            Bcc = ReadAddresses(),
        };
    }

    private EnvelopeAddress[] ReadAddresses()
    {
        var count = ReadCount(octetsEach: 4);
        if (count == 0)
            return [];
        var addresses = new EnvelopeAddress[count];
        for (var i = 0; i < count; i++)
            addresses[i] = new EnvelopeAddress(ReadText(), ReadText(), ReadText(), ReadText());
        return addresses;
    }

    private BodyPart ReadPart(long before, int depth)
    {
        if (depth == 0 || ++_parts > MessageIndex.MaxParts + (2 * MessageIndex.MaxDepth))
            throw Damaged();
        var has = (Has)ReadOctet();
        var header = ReadOffset(before);
        var body = ReadOffset(header);
        var end = ReadOffset(body);
        var part = new BodyPart
        {
            HeaderOffset = header,
            BodyOffset = body,
            EndOffset = end,
            Lines = ReadOffset(0),
            Type = ReadText() ?? throw Damaged(),
            Subtype = ReadText() ?? throw Damaged(),
            Encoding = ReadText() ?? throw Damaged(),
            Parameters = ReadParameters(),
            IsInternational = has.HasFlag(Has.International),
        };
        part = ReadOptional(part, has);
        return has.HasFlag(Has.Parts) ? part with { Parts = ReadParts(header, depth - 1) } : part;
    }

    private BodyPart ReadOptional(BodyPart part, Has has)
    {
        if (has.HasFlag(Has.Descriptions))
            part = part with { Id = ReadText(), Description = ReadText(), Md5 = ReadText(), Location = ReadText() };
        if (has.HasFlag(Has.Disposition))
            part = part with { Disposition = ReadText(), DispositionParameters = ReadParameters() };
        if (has.HasFlag(Has.Language))
            part = part with { Language = ReadLanguages() };
        return has.HasFlag(Has.Envelope) ? part with { Envelope = ReadEnvelope() } : part;
    }

    private BodyPart[] ReadParts(long before, int depth)
    {
        var parts = new BodyPart[ReadCount(octetsEach: 9)];
        for (var i = 0; i < parts.Length; i++)
            parts[i] = ReadPart(before, depth);
        return parts;
    }

    private string[] ReadLanguages()
    {
        var languages = new string[ReadCount(octetsEach: 1)];
        for (var i = 0; i < languages.Length; i++)
            languages[i] = ReadText() ?? throw Damaged();
        return languages;
    }

    private KeyValuePair<string, string>[] ReadParameters()
    {
        var count = ReadCount(octetsEach: 2);
        if (count == 0)
            return [];
        var parameters = new KeyValuePair<string, string>[count];
        for (var i = 0; i < count; i++)
            parameters[i] = new KeyValuePair<string, string>(ReadText() ?? throw Damaged(), ReadText() ?? throw Damaged());
        return parameters;
    }

    private string? ReadText()
    {
        var length = ReadNumber();
        if (length == 0)
            return null;
        length--;
        if (length > (ulong)_rest.Length)
            throw Damaged();
        var octets = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return MimeNames.Shared(octets);
    }

    private int ReadCount(int octetsEach)
    {
        var count = ReadNumber();
        return count <= (ulong)(_rest.Length / octetsEach) ? (int)count : throw Damaged();
    }

    private long ReadOffset(long before)
    {
        var distance = ReadNumber();
        return distance <= (ulong)(long.MaxValue - before) ? before + (long)distance : throw Damaged();
    }

    private ulong ReadNumber()
    {
        ulong number = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var octet = ReadOctet();
            number |= (ulong)(octet & 0x7F) << shift;
            if (octet < 0x80)
                return number;
        }
        throw Damaged();
    }

    private byte ReadOctet()
    {
        if (_rest.IsEmpty)
            throw Damaged();
        var octet = _rest[0];
        _rest = _rest[1..];
        return octet;
    }

    private static InvalidDataException Damaged() => new("The cached index of a message is damaged.");
}
