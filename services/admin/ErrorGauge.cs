using System.Diagnostics.Metrics;
using MailMesh.ErrorQueues;
using MailMesh.Hosting;
using Microsoft.Extensions.Hosting;

namespace MailMesh.Admin;

/// <summary>mailmesh.bus.errors: what waits in error queues, as last counted.</summary>
internal sealed class ErrorGauge : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    private readonly ErrorDesk _desk;
    private readonly TimeProvider _clock;
    private IReadOnlyList<ErrorQueueDepth> _depths = [];

    public ErrorGauge(ErrorDesk desk, TimeProvider clock)
    {
        (_desk, _clock) = (desk, clock);
        Telemetry.Meter.CreateObservableGauge(
            "mailmesh.bus.errors",
            () => _depths.Select(depth => new Measurement<long>(depth.Messages, new KeyValuePair<string, object?>("queue", depth.Queue))),
            "{message}", "Messages in error queues, by the queue whose consumers failed; absent while the broker does not answer");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!_desk.HasQueues)
            return;
        using var timer = new PeriodicTimer(Interval, _clock);
        do
            _depths = await _desk.CountAsync(stoppingToken) ?? [];
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
