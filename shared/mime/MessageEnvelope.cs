namespace MailMesh.Mime;

/// <summary>RFC 3501 §7.4.2 ENVELOPE: header field values as they stand, unfolded, not decoded; null where the field is absent.</summary>
/// <remarks>Text holds the octets of the header as <see cref="HeaderOctets"/> says: write it with <see cref="HeaderOctets.GetBytes"/> to get them back.</remarks>
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
