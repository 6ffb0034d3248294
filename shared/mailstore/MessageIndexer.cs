using System.Text;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Mime;

namespace MailMesh.Mailstore;

/// <summary>Reads bodies and takes their index: envelope and part tree.</summary>
internal sealed class MessageIndexer(IBlobStore blobs)
{
    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    /// <param name="isInternational">UTF-8 in its header is meant as such (RFC 6532), not the work of a program that sends what it likes.</param>
    public async Task<IndexedContent> IndexAsync(string messageId, string blob, long size, byte[] prefix, bool isInternational)
    {
        await using var body = await blobs.OpenAsync(blob);
        await using var message = new PrefixedStream(prefix, body);
        using var start = new StreamStart(message);
        var index = await SynchronousReading.RunAsync(size, () => Read(start, prefix.Length + size));
        if (!isInternational)
            index = index.WithoutMark();
        return new IndexedContent(messageId, blob, size, prefix, index.EncodeEnvelope(), index.EncodeStructure(), index.RefersTo, PreviewOf(start, index.Root));
    }

    public static Task<string> ReadPreviewAsync(MessageContent content, Stream message)
    {
        var root = MessageIndex.DecodeStructure(content.Structure);
        return SynchronousReading.RunAsync(content.BlobSize, () => MessagePreview.Read(message, root, out _));
    }

    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async Task<JudgedContent> IndexAsync(DeliverMessage message) =>
        new(message, await IndexAsync(message.MessageId, message.Body, message.SizeBytes, Encoding.UTF8.GetBytes(message.HeaderPrefix), message.Smtputf8));

    /// <summary>Null where the text begins too late for what was kept of the message: it is read when somebody asks.</summary>
    private static string? PreviewOf(StreamStart start, BodyPart root)
    {
        try
        {
            var preview = MessagePreview.Read(start.Kept(), root, out var isComplete);
            return isComplete ? preview : null;
        }
        catch (Exception failure) when (failure is not IOException)
        {
            return null; // nor must a bug here stop a delivery
        }
    }

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
