using System.Diagnostics.Metrics;
using MailMesh.Hosting;
using MailMesh.Outbound;

namespace MailMesh.Relay;

/// <summary>What the relay measures.</summary>
internal sealed class RelayMetrics
{
    private readonly Counter<long> _recipients =
        Telemetry.Meter.CreateCounter<long>("mailmesh.relay.recipients", "{recipient}", "Recipients by result of their attempt");

    private readonly Counter<long> _notifications =
        Telemetry.Meter.CreateCounter<long>("mailmesh.relay.notifications", "{message}", "Delivery status notifications by action");

    private readonly Histogram<double> _duration =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.relay.transaction.duration", "s", "Time of a transaction, without connecting");

    private readonly UpDownCounter<long> _connections =
        Telemetry.Meter.CreateUpDownCounter<long>("mailmesh.relay.connections", "{connection}", "Open connections to other servers");

    private readonly UpDownCounter<long> _active =
        Telemetry.Meter.CreateUpDownCounter<long>("mailmesh.relay.active", "{recipient}", "Recipients in work");

    private QueueCounts _queue = new(0, 0, 0, 0, null);

    public RelayMetrics() => Telemetry.Meter.CreateObservableGauge("mailmesh.relay.queue", Queue, "{recipient}", "Recipients in the queue by state");

    public void Attempted(string result) => _recipients.Add(1, new KeyValuePair<string, object?>("result", result));

    public void Notified(string action) => _notifications.Add(1, new KeyValuePair<string, object?>("action", action));

    public void Transaction(TimeSpan duration) => _duration.Record(duration.TotalSeconds);

    public void Connected() => _connections.Add(1);

    public void Disconnected() => _connections.Add(-1);

    public void Active(int change) => _active.Add(change);

    public void Counted(QueueCounts counts) => _queue = counts;

    private IEnumerable<Measurement<long>> Queue() =>
    [
        new(_queue.Deferred, new KeyValuePair<string, object?>("state", "deferred")),
        new(_queue.Leased, new KeyValuePair<string, object?>("state", "leased")),
        new(_queue.Held, new KeyValuePair<string, object?>("state", "held")),
        new(_queue.Failed, new KeyValuePair<string, object?>("state", "failed")),
    ];
}
