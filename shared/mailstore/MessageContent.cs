namespace MailMesh.Mailstore;

/// <summary>What a message consists of.</summary>
/// <param name="MessageId">Trace id of the message; of an appended one, an id of its own.</param>
public sealed record MessageContent(long Id, string MessageId, string Blob, long BlobSize, byte[] HeaderPrefix, byte[] Envelope, byte[] Structure)
{
    /// <summary>RFC 8970: the beginning of its text; null where nobody looked yet (<see cref="MailboxStore.ReadPreviewAsync"/>).</summary>
    public string? Preview { get; init; }
}
