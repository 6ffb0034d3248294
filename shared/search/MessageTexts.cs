using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Search;

/// <summary>Reads the tokens of a kept message.</summary>
public static class MessageTexts
{
    /// <exception cref="BlobException">The message is missing or damaged.</exception>
    public static async Task<IndexedText> ReadAsync(MailboxStore store, MessageContent content)
    {
        await using var message = await store.OpenMessageAsync(content);
        var root = MessageIndex.DecodeStructure(content.Structure);
        return await SynchronousReading.RunAsync(content.BlobSize, () => IndexedText.Of(message, root));
    }
}
