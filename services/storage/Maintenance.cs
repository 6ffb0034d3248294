using MailMesh.Blobs;
using MailMesh.Database;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Storage;

/// <summary>Runs retention and collection on their schedule; a failure is logged, and the next turn tries again.</summary>
/// <remarks>Each step stands two copies at once: rows that are gone are not removed again, and a body that is moved twice leaves a copy that nothing refers to.</remarks>
internal sealed partial class Maintenance(
    Retention retention, BlobCollection collection, TextIndexing indexing, IBlobCollector packs, LeasedWork turns, StorageOptions options, TimeProvider clock, ILogger<Maintenance> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync("maintenance journal", options.JournalGrace / 2, CompleteUnfinishedAsync, stoppingToken),
        RepeatAsync("maintenance retention", options.SweepInterval, retention.SweepAsync, stoppingToken),
        RepeatAsync("maintenance collection", options.CollectInterval, collection.RunAsync, stoppingToken),
        options.Index ? RepeatAsync("maintenance text index", options.IndexInterval, indexing.RunAsync, stoppingToken) : Task.CompletedTask);

    private async Task CompleteUnfinishedAsync(CancellationToken cancellationToken)
    {
        if (await packs.CompleteUnfinishedAsync(clock.GetUtcNow() - options.JournalGrace, cancellationToken) is > 0 and var completed)
            LogCompleted(log, completed);
    }

    private async Task RepeatAsync(string work, TimeSpan interval, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock); // the first turn an interval after the start, when the start's own work is done
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await RunAsync(work, run, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the process stops
        }
    }

    private async Task RunAsync(string work, Func<CancellationToken, Task> run, CancellationToken stoppingToken)
    {
        try
        {
            await turns.RunAsync(work, run, stoppingToken);
        }
        catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
        {
            LogFailed(log, failure, work);
        }
    }

    [LoggerMessage(4009, LogLevel.Information, "Storage: {Packs} packs that processes left in the journal when they ended are in the object store now")]
    private static partial void LogCompleted(ILogger log, int packs);

    [LoggerMessage(4004, LogLevel.Error, "Storage: {Work} failed; it is tried again at its next turn")]
    private static partial void LogFailed(ILogger log, Exception failure, string work);
}
