namespace MailMesh.Mime;

/// <summary>RFC 3501 BODYSTRUCTURE: a part, its fields and its place in the message.</summary>
/// <remarks>
/// A multipart has at least one part, and a message (MESSAGE/RFC822, or MESSAGE/GLOBAL of RFC 6532) exactly one with an envelope, whatever the message looks like. A
/// multipart or message that cannot be taken apart (too deep, or a message in base64, which RFC 2045 §6.4 forbids) is APPLICATION/OCTET-STREAM; a MESSAGE/GLOBAL, which may be in base64, stays what it is, without parts.
/// </remarks>
public sealed record BodyPart
{
    /// <summary>Upper case; TEXT where the part does not say (RFC 2045 §5.2).</summary>
    public string Type { get; init; } = "TEXT";

    /// <summary>Upper case.</summary>
    public string Subtype { get; init; } = "PLAIN";

    /// <summary>As they stand, quoting removed: RFC 2231 names keep their '*0*', a repeated name stays twice.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Parameters { get; init; } = [];

    public string? Id { get; init; }

    public string? Description { get; init; }

    /// <summary>Upper case.</summary>
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

    /// <summary>Line ends in the body, for TEXT and messages.</summary>
    public long Lines { get; init; }

    /// <summary>Children of a multipart; the one child of a message is the message's own root part.</summary>
    public IReadOnlyList<BodyPart> Parts { get; init; } = [];

    /// <summary>Envelope of a message's message.</summary>
    public MessageEnvelope? Envelope { get; init; }

    /// <summary>Its header has UTF-8 beyond ASCII (RFC 6532), or a part in it does, or it holds a MESSAGE/GLOBAL.</summary>
    public bool IsInternational { get; init; }

    public bool IsMultipart => Type == "MULTIPART";

    /// <summary>True for a MESSAGE/RFC822 and a MESSAGE/GLOBAL without an encoding, whose message is the only part of <see cref="Parts"/>.</summary>
    public bool IsMessage => Envelope is not null;

    /// <summary>The value of the first parameter of this name, in any case, RFC 2231 decoded; null where there is none.</summary>
    public string? Parameter(string name) => ParameterValue.Find(Parameters, name);
}
