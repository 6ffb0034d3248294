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
        var index = await SynchronousReading.RunAsync(size, () => Read(message, prefix.Length + size));
        return new IndexedContent(messageId, blob, size, prefix, index.EncodeEnvelope(), index.EncodeStructure(), index.RefersTo);
    }

    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async Task<JudgedContent> IndexAsync(DeliverMessage message) =>
        new(message, await IndexAsync(message.MessageId, message.Body, message.SizeBytes, Encoding.UTF8.GetBytes(message.HeaderPrefix)));

    private static MessageIndex Read(Stream message, long size)
    {
        try
        {
            return MessageIndex.Read(message);
        }
        catch (Exception failure) when (failure is not IOException)
        {
            // A bug of the parser must not stop a delivery: the message is then one part of plain text.
            return new MessageIndex(new MessageEnvelope(), new BodyPart { EndOffset = size });
        }
    }
}
