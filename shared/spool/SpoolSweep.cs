using MailMesh.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Spool;

/// <summary>Publishes again what an earlier run left, then watches for messages that nothing happens to.</summary>
internal sealed class SpoolSweep(DatabaseSpool spool, SpoolOptions options, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DatabaseSpool> log) : BackgroundService
{
    /// <summary>Time for one window of replayed messages to be settled before the next.</summary>
    private static readonly TimeSpan BetweenPages = TimeSpan.FromMilliseconds(250);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The bus is started by then, whatever the order of hosted services.
        await Started(stoppingToken);
        var interval = options.RepublishAfter / 10;
        Telemetry.Meter.CreateObservableGauge("mailmesh.spool.unsettled", () => spool.UnsettledCount, "{message}", "Messages accepted and not yet settled");
        while (!stoppingToken.IsCancellationRequested)
        {
            var more = true;
            try
            {
                more = await spool.ReplayAsync(stoppingToken);
                await spool.SweepAsync(stoppingToken);
            }
            catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
            {
                DatabaseSpool.LogSweepFailed(log, failure);
            }
            await Task.Delay(more ? BetweenPages : interval, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task Started(CancellationToken stoppingToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, lifetime.ApplicationStarted);
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
