using System.Buffers;

namespace MailMesh.Mime;

/// <summary>The cached form of envelope and part tree: a version octet, then numbers of seven bits an octet and counted octets, in the order of the records.</summary>
internal static class IndexEncoder
{
    /// <summary>First octet; a form that others cannot read takes the next number.</summary>
    public const byte Version = 1;

    [Flags]
    internal enum Has : byte
    {
        None = 0,
        Parts = 1,
        Envelope = 2,
        Disposition = 4,
        Language = 8,
        Descriptions = 16,
        International = 32,
    }

    public static byte[] Encode(MessageEnvelope envelope)
    {
        var output = new ArrayBufferWriter<byte>(512);
        output.Write([Version]);
        Write(output, envelope);
        return output.WrittenSpan.ToArray();
    }

    public static byte[] Encode(BodyPart root)
    {
        var output = new ArrayBufferWriter<byte>(256);
        output.Write([Version]);
        Write(output, root, 0);
        return output.WrittenSpan.ToArray();
    }

    private static void Write(ArrayBufferWriter<byte> output, MessageEnvelope envelope)
    {
        WriteText(output, envelope.Date);
        WriteText(output, envelope.Subject);
        WriteText(output, envelope.InReplyTo);
        WriteText(output, envelope.MessageId);
        Write(output, envelope.From);
        // Nearly always From once more: one octet then.
        WriteUnlessFrom(output, envelope.Sender, envelope.From);
        WriteUnlessFrom(output, envelope.ReplyTo, envelope.From);
        Write(output, envelope.To);
        Write(output, envelope.Cc);
        Write(output, envelope.Bcc);
    }

    private static void WriteUnlessFrom(ArrayBufferWriter<byte> output, IReadOnlyList<EnvelopeAddress> addresses, IReadOnlyList<EnvelopeAddress> from)
    {
        var isFrom = ReferenceEquals(addresses, from);
        WriteNumber(output, isFrom ? 1UL : 0UL);
        if (!isFrom)
            Write(output, addresses);
    }

    private static void Write(ArrayBufferWriter<byte> output, IReadOnlyList<EnvelopeAddress> addresses)
    {
        WriteNumber(output, (ulong)addresses.Count);
        foreach (var address in addresses)
        {
            WriteText(output, address.Name);
            WriteText(output, address.Route);
            WriteText(output, address.Mailbox);
            WriteText(output, address.Host);
        }
    }

    /// <param name="before">Offset that the part's own count from.</param>
    private static void Write(ArrayBufferWriter<byte> output, BodyPart part, long before)
    {
        var has = ContentsOf(part);
        output.Write([(byte)has]);
        WriteNumber(output, (ulong)(part.HeaderOffset - before));
        WriteNumber(output, (ulong)(part.BodyOffset - part.HeaderOffset));
        WriteNumber(output, (ulong)(part.EndOffset - part.BodyOffset));
        WriteNumber(output, (ulong)part.Lines);
        WriteText(output, part.Type);
        WriteText(output, part.Subtype);
        WriteText(output, part.Encoding);
        Write(output, part.Parameters);
        WriteOptional(output, part, has);
        if (!has.HasFlag(Has.Parts))
            return;
        WriteNumber(output, (ulong)part.Parts.Count);
        foreach (var child in part.Parts)
            Write(output, child, part.HeaderOffset);
    }

    private static void WriteOptional(ArrayBufferWriter<byte> output, BodyPart part, Has has)
    {
        if (has.HasFlag(Has.Descriptions))
        {
            WriteText(output, part.Id);
            WriteText(output, part.Description);
            WriteText(output, part.Md5);
            WriteText(output, part.Location);
        }
        if (has.HasFlag(Has.Disposition))
        {
            WriteText(output, part.Disposition);
            Write(output, part.DispositionParameters);
        }
        if (has.HasFlag(Has.Language))
        {
            WriteNumber(output, (ulong)part.Language.Count);
            foreach (var language in part.Language)
                WriteText(output, language);
        }
        if (part.Envelope is { } envelope)
            Write(output, envelope);
    }

    private static Has ContentsOf(BodyPart part)
    {
        var has = Has.None;
        if (part.Parts.Count > 0)
            has |= Has.Parts;
        if (part.Envelope is not null)
            has |= Has.Envelope;
        if (part.Disposition is not null || part.DispositionParameters.Count > 0)
            has |= Has.Disposition;
        if (part.Language.Count > 0)
            has |= Has.Language;
        if (part.Id is not null || part.Description is not null || part.Md5 is not null || part.Location is not null)
            has |= Has.Descriptions;
        if (part.IsInternational)
            has |= Has.International;
        return has;
    }

    private static void Write(ArrayBufferWriter<byte> output, IReadOnlyList<KeyValuePair<string, string>> parameters)
    {
        WriteNumber(output, (ulong)parameters.Count);
        foreach (var (name, value) in parameters)
        {
            WriteText(output, name);
            WriteText(output, value);
        }
    }

    /// <summary>Length plus one, then the octets; zero is null.</summary>
    private static void WriteText(ArrayBufferWriter<byte> output, string? text)
    {
        if (text is null)
        {
            WriteNumber(output, 0);
            return;
        }
        var octets = HeaderOctets.Length(text);
        WriteNumber(output, (ulong)octets + 1);
        HeaderOctets.Write(text, output);
    }

    private static void WriteNumber(ArrayBufferWriter<byte> output, ulong number)
    {
        Span<byte> octets = stackalloc byte[10];
        var length = 0;
        for (; number >= 0x80; number >>= 7)
            octets[length++] = (byte)(number | 0x80);
        octets[length++] = (byte)number;
        output.Write(octets[..length]);
    }
}
