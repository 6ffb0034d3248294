using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Messages with their headings, read batch by batch.</summary>
internal static class HeadedMessages
{
    /// <summary>Messages whose headings are read by one call.</summary>
    private const int BatchSize = 500;

    /// <returns>Each message in the order given; without a heading where its content went.</returns>
    public static async IAsyncEnumerable<(SequencedMessage Message, MessageHeading? Heading)> ReadAsync(
        ImapSession session, IReadOnlyList<SequencedMessage> messages, bool withReferences)
    {
        foreach (var batch in messages.Chunk(BatchSize))
        {
            if (session.Connection.IsOutputClosed)
                throw new IOException("The client has gone.");
            await session.Progress.TellAsync();
            var headings = new Dictionary<long, MessageHeading>(batch.Length);
            foreach (var heading in await session.Backend.Store.HeadingsAsync(Array.ConvertAll(batch, m => m.Message.ContentId), withReferences))
                headings[heading.ContentId] = heading;
            foreach (var message in batch)
                yield return (message, headings.GetValueOrDefault(message.Message.ContentId));
        }
    }
}
