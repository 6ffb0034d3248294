using System.Diagnostics.Metrics;

namespace MailMesh.Blobs;

/// <summary>Metrics of the object store and the cache before it.</summary>
internal static class BlobMetrics
{
    /// <summary>By the name that all of MailMesh's have: hosting exports it, and refers to this library.</summary>
    private static readonly Meter Meter = new("MailMesh");

    private static readonly Histogram<double> Requests =
        Meter.CreateHistogram<double>("mailmesh.blobs.request", "s", "Requests to the object store by operation and outcome: done, failed");

    private static readonly Counter<long> Blocks =
        Meter.CreateCounter<long>("mailmesh.blobs.blocks", "{block}", "Blocks of packs read, by where they came from: cache (memory), disk, store");

    public static readonly UpDownCounter<long> Journaled =
        Meter.CreateUpDownCounter<long>("mailmesh.blobs.journaled", "By", "Octets of bodies that this process has in the journal alone, and not in the object store yet");

    public static void Asked(string operation, string outcome, TimeSpan elapsed) =>
        Requests.Record(elapsed.TotalSeconds, new("operation", operation), new KeyValuePair<string, object?>("outcome", outcome));

    public static void Read(string from) => Blocks.Add(1, new KeyValuePair<string, object?>("from", from));
}
