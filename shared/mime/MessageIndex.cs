namespace MailMesh.Mime;

/// <summary>What IMAP asks of a message most, taken once at delivery: its envelope, and its part tree with the place of every part.</summary>
/// <remarks>Offsets count octets from the message's first, header prefix included. Both are bounded in size and depth, whatever the message.</remarks>
public sealed record MessageIndex(MessageEnvelope Envelope, BodyPart Root)
{
    /// <summary>A part that would hold others below this depth is one opaque part.</summary>
    public const int MaxDepth = 100;

    /// <summary>Parts past this number are one opaque part of their multipart.</summary>
    public const int MaxParts = 10_000;

    /// <summary>Message-IDs of References, or else of In-Reply-To, divided by one blank; empty for none.</summary>
    public string RefersTo { get; init; } = "";

    /// <summary>Reads a message to its end; any octets are a message, well-formed or not.</summary>
    /// <remarks>One pass in bounded memory; the stream need not seek. Throws what the stream throws, nothing of its own.</remarks>
    public static MessageIndex Read(Stream message)
    {
        using var reader = new MessageReader(message);
        return reader.Read();
    }

    /// <summary>For a message whose UTF-8 in headers is not meant as such: it is shown to every client as it stands (<see cref="IsInternational"/>).</summary>
    public MessageIndex WithoutMark() => Root.IsInternational ? this with { Root = Root with { IsInternational = false } } : this;

    /// <summary>The envelope as it is cached in the database.</summary>
    public byte[] EncodeEnvelope() => IndexEncoder.Encode(Envelope);

    /// <summary>The part tree as it is cached in the database.</summary>
    public byte[] EncodeStructure() => IndexEncoder.Encode(Root);

    /// <exception cref="InvalidDataException">These octets are not an envelope that <see cref="EncodeEnvelope"/> gave.</exception>
    public static MessageEnvelope DecodeEnvelope(ReadOnlySpan<byte> cached) => IndexDecoder.Envelope(cached);

    /// <exception cref="InvalidDataException">These octets are not a part tree that <see cref="EncodeStructure"/> gave.</exception>
    public static BodyPart DecodeStructure(ReadOnlySpan<byte> cached) => IndexDecoder.Structure(cached);

    /// <summary><see cref="BodyPart.IsInternational"/> of the message, without decoding the rest: to a client that takes no UTF-8 its <see cref="DowngradedMessage"/> is shown.</summary>
    public static bool IsInternational(ReadOnlySpan<byte> cached) => IndexDecoder.IsInternational(cached);
}
