namespace MailMesh.Mime;

/// <summary>What IMAP asks of a message most, taken once at delivery: its envelope, and its part tree with the place of every part.</summary>
/// <remarks>Offsets count octets from the message's first, header prefix included. Both are bounded in size and depth, whatever the message.</remarks>
public sealed record MessageIndex(MessageEnvelope Envelope, BodyPart Root)
{
    /// <summary>Parts below this depth are one opaque part of their nearest ancestor.</summary>
    public const int MaxDepth = 100;

    /// <summary>Parts past this number are one opaque part.</summary>
    public const int MaxParts = 10_000;

    /// <summary>Reads a message; any octets are a message, well-formed or not.</summary>
    public static MessageIndex Read(Stream message) => throw new NotImplementedException(message.ToString());

    /// <summary>The envelope as it is cached in the database.</summary>
    public byte[] EncodeEnvelope() => throw new NotImplementedException();

    /// <summary>The part tree as it is cached in the database.</summary>
    public byte[] EncodeStructure() => throw new NotImplementedException();

    public static MessageEnvelope DecodeEnvelope(ReadOnlySpan<byte> cached) => throw new NotImplementedException(cached.Length.ToString());

    public static BodyPart DecodeStructure(ReadOnlySpan<byte> cached) => throw new NotImplementedException(cached.Length.ToString());
}

/// <summary>RFC 3501 §7.4.2 ENVELOPE: header field values as they stand, unfolded, not decoded; null where the field is absent.</summary>
public sealed record MessageEnvelope
{
    public string? Date { get; init; }

    public string? Subject { get; init; }

    public IReadOnlyList<EnvelopeAddress> From { get; init; } = [];

    /// <summary>From, where the message has no Sender.</summary>
    public IReadOnlyList<EnvelopeAddress> Sender { get; init; } = [];

    /// <summary>From, where the message has no Reply-To.</summary>
    public IReadOnlyList<EnvelopeAddress> ReplyTo { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> To { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> Cc { get; init; } = [];

    public IReadOnlyList<EnvelopeAddress> Bcc { get; init; } = [];

    public string? InReplyTo { get; init; }

    public string? MessageId { get; init; }
}

/// <summary>RFC 3501 address structure. A null host is the start of a group (mailbox is its name) or its end (mailbox null too).</summary>
public sealed record EnvelopeAddress(string? Name, string? Route, string? Mailbox, string? Host);

/// <summary>RFC 3501 BODYSTRUCTURE: a part, its fields and its place in the message.</summary>
public sealed record BodyPart
{
    /// <summary>Upper case; TEXT where the part does not say (RFC 2045 §5.2).</summary>
    public string Type { get; init; } = "TEXT";

    public string Subtype { get; init; } = "PLAIN";

    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    public string? Id { get; init; }

    public string? Description { get; init; }

    public string Encoding { get; init; } = "7BIT";

    public string? Md5 { get; init; }

    public string? Disposition { get; init; }

    public IReadOnlyList<KeyValuePair<string, string>> DispositionParameters { get; init; } = [];

    public IReadOnlyList<string> Language { get; init; } = [];

    public string? Location { get; init; }

    /// <summary>First octet of the part's header.</summary>
    public long HeaderOffset { get; init; }

    /// <summary>First octet after the header's empty line.</summary>
    public long BodyOffset { get; init; }

    /// <summary>First octet after the body; the CRLF before a boundary belongs to the boundary.</summary>
    public long EndOffset { get; init; }

    /// <summary>Lines of the body, for TEXT and MESSAGE/RFC822.</summary>
    public long Lines { get; init; }

    /// <summary>Children of a multipart; the one child of a MESSAGE/RFC822 is the message's own root part.</summary>
    public IReadOnlyList<BodyPart> Parts { get; init; } = [];

    /// <summary>Envelope of a MESSAGE/RFC822's message.</summary>
    public MessageEnvelope? Envelope { get; init; }
}
