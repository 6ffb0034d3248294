using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Mime;

namespace MailMesh.Mailstore;

/// <summary>Reads bodies and takes their index: envelope and part tree.</summary>
internal sealed class MessageIndexer(IBlobStore blobs)
{
    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async Task<IndexedContent> IndexAsync(string messageId, string blob, long size, byte[] prefix)
    {
        await using var body = await blobs.OpenAsync(blob);
        await using var message = new PrefixedStream(prefix, body);
        var (envelope, structure) = await SynchronousReading.RunAsync(size, () => Read(message, prefix.Length + size));
        return new IndexedContent(messageId, blob, size, prefix, envelope, structure);
    }

    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async Task<JudgedContent> IndexAsync(DeliverMessage message) =>
        new(message, await IndexAsync(message.MessageId, message.Body, message.SizeBytes, Encoding.UTF8.GetBytes(message.HeaderPrefix)));

    private static (byte[] Envelope, byte[] Structure) Read(Stream message, long size)
    {
        try
        {
            var index = MessageIndex.Read(message);
            return (index.EncodeEnvelope(), index.EncodeStructure());
        }
        catch (Exception failure) when (failure is not IOException)
        {
            // A bug of the parser must not stop a delivery: the message is then one part of plain text.
            var opaque = new MessageIndex(new MessageEnvelope(), new BodyPart { EndOffset = size });
            return (opaque.EncodeEnvelope(), opaque.EncodeStructure());
        }
    }
}
