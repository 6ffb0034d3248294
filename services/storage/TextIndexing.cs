using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;
using MailMesh.Search;
using Microsoft.Extensions.Logging;

namespace MailMesh.Storage;

/// <summary>Brings messages that came since the last turn into the full-text index, behind the deliveries and in small transactions.</summary>
/// <remarks>Stands two copies at once: what is in the index already is passed by.</remarks>
public sealed partial class TextIndexing(MailboxStore store, TextIndex index, TimeProvider clock, ILogger<TextIndexing> log)
{
    /// <summary>Messages of a transaction: on SQLite deliveries wait for it.</summary>
    private const int Batch = 20;

    /// <summary>No transaction lasts as long: what was kept before can be in none.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromHours(1);

    /// <summary>Until nothing is left to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested && await index.PendingAsync(Batch) is { Count: > 0 } pending)
        {
            var texts = new List<(long, IndexedText)>(pending.Count);
            foreach (var content in await store.ContentsAsync(pending))
                texts.Add((content.Id, await ReadAsync(content)));
            if (texts.Count == 0)
                return; // they went meanwhile
            await index.AddAsync(texts);
        }
        await index.RaiseFloorAsync(clock.GetUtcNow() - LongestTransaction);
    }

    /// <summary>A message that is damaged has no text; a blob store that is away ends the turn.</summary>
    private async Task<IndexedText> ReadAsync(MessageContent content)
    {
        try
        {
            return await MessageTexts.ReadAsync(store, content);
        }
        catch (Exception damaged) when (damaged is BlobException or InvalidDataException)
        {
            LogDamaged(log, damaged, content.Id);
            return IndexedText.None;
        }
    }

    [LoggerMessage(4008, LogLevel.Warning, "Storage: content {ContentId} cannot be read and is not in the full-text index")]
    private static partial void LogDamaged(ILogger log, Exception damaged, long contentId);
}
