using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;
using MailMesh.Search;
using Microsoft.Extensions.Logging;

namespace MailMesh.Storage;

/// <summary>Brings messages that came since the last turn into the full-text index, behind the deliveries and in small transactions.</summary>
/// <remarks>
/// It works a tenth of the time at most and rests the others, so that a peak of deliveries is not slowed: what is not in the index yet is found by
/// reading it. Stands two copies at once: what is in the index already is passed by.
/// </remarks>
public sealed partial class TextIndexing(MailboxStore store, TextIndex index, TimeProvider clock, ILogger<TextIndexing> log)
{
    /// <summary>Messages of a transaction: on SQLite deliveries wait for it.</summary>
    private const int Batch = 20;

    /// <summary>Rest after work, in times of what the work took.</summary>
    private const int Rest = 9;

    /// <summary>No transaction lasts as long: what was kept before can be in none.</summary>
    private static readonly TimeSpan LongestTransaction = TimeSpan.FromHours(1);

    /// <summary>Between two looks at all above the floor, for what a transaction with a lower number brought late; other turns look from where the last one ended.</summary>
    private static readonly TimeSpan WholeLook = TimeSpan.FromMinutes(10);

    private long _after;
    private DateTimeOffset _lookedAt = DateTimeOffset.MinValue;

    /// <summary>Until nothing is left to do.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var isWhole = clock.GetUtcNow() - _lookedAt >= WholeLook;
        if (isWhole)
            _after = await index.FloorAsync();
        for (var started = clock.GetTimestamp(); await index.PendingAsync(Batch, _after) is { Count: > 0 } pending; started = clock.GetTimestamp())
        {
            var texts = new List<(long, IndexedText)>(pending.Count);
            foreach (var content in await store.ContentsAsync(pending))
                texts.Add((content.Id, await ReadAsync(content)));
            await index.AddAsync(texts);
            _after = pending[^1];
            await Task.Delay(clock.GetElapsedTime(started) * Rest, clock, cancellationToken);
        }
        if (!isWhole)
            return;
        await index.RaiseFloorAsync(clock.GetUtcNow() - LongestTransaction);
        _lookedAt = clock.GetUtcNow();
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
