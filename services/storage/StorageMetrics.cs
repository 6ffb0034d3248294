using System.Diagnostics.Metrics;
using MailMesh.Hosting;
using MailMesh.Mailstore;

namespace MailMesh.Storage;

/// <summary>Metrics of the service.</summary>
internal static class StorageMetrics
{
    public static readonly Histogram<int> GroupSize =
        Telemetry.Meter.CreateHistogram<int>("mailmesh.storage.group", "{message}", "Messages of one delivery transaction");

    public static readonly Counter<long> CollectedBytes =
        Telemetry.Meter.CreateCounter<long>("mailmesh.storage.collected", "By", "Octets of packs removed");

    public static readonly Counter<long> CompactedBytes =
        Telemetry.Meter.CreateCounter<long>("mailmesh.storage.compacted", "By", "Octets of live bodies moved out of old packs");

    public static readonly Counter<long> SweptRows =
        Telemetry.Meter.CreateCounter<long>("mailmesh.storage.swept", "{row}", "Rows removed past their retention");

    private static readonly Counter<long> Recipients =
        Telemetry.Meter.CreateCounter<long>("mailmesh.storage.recipients", "{recipient}", "Recipients of deliveries by outcome: delivered, duplicate, missing");

    private static readonly Histogram<double> Duration =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.storage.delivery", "s", "From the command to the durable mailbox row");

    public static void Delivered(DeliveryOutcome outcome, int missing, TimeSpan elapsed)
    {
        var duplicates = outcome.Recipients.Count(r => r.Duplicate);
        Count("delivered", outcome.Recipients.Count - duplicates - missing);
        Count("duplicate", duplicates);
        Count("missing", missing);
        Duration.Record(elapsed.TotalSeconds);
    }

    private static void Count(string outcome, int recipients)
    {
        if (recipients > 0)
            Recipients.Add(recipients, new KeyValuePair<string, object?>("outcome", outcome));
    }
}
