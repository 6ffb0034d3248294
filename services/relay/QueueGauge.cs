using MailMesh.Outbound;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailMesh.Relay;

/// <summary>Counts the queue from time to time, for the metrics.</summary>
internal sealed partial class QueueGauge(QueueOperations queue, RelayMetrics metrics, TimeProvider clock, ILogger<QueueGauge> log) : BackgroundService
{
    /// <summary>As often as Prometheus usually asks.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var uncounted = true; // until the first success DependencyWatch tells what is missing
        using var timer = new PeriodicTimer(Period, clock);
        do
        {
            try
            {
                metrics.Counted(await queue.CountAsync());
                uncounted = false;
            }
            catch (Exception failure)
            {
                if (!uncounted)
                    LogUncounted(log, failure.Message);
                uncounted = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(6040, LogLevel.Warning, "The queue cannot be counted: {Reason}")]
    private static partial void LogUncounted(ILogger log, string reason);
}
