using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Mailstore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Access.Imap;

/// <summary>Moves the snapshots here forward whose events were lost, as when the broker was away: MODSEQ is the truth, an event only makes it quick.</summary>
internal sealed partial class SnapshotCatchUp(
    MailDatabase database, MailboxSnapshots snapshots, AccountWatches watches, SchemaGate schema, ImapOptions options, TimeProvider clock, ILogger<SnapshotCatchUp> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (database.IsExclusive)
            return; // every change is ours, and its event stays in this process
        await schema.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(options.CatchUpInterval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await CatchUpAsync();
    }

    private async Task CatchUpAsync()
    {
        try
        {
            await snapshots.CatchUpAsync();
            await watches.CatchUpAsync();
        }
        catch (Exception failure)
        {
            LogFailed(log, failure); // the database is away, as DependencyWatch says; the next turn tries again
        }
    }

    [LoggerMessage(5010, LogLevel.Debug, "The selected mailboxes could not be compared with the database")]
    private static partial void LogFailed(ILogger log, Exception failure);
}
