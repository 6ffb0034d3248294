using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Spool;

/// <summary>Metrics of the spool.</summary>
internal static class SpoolMetrics
{
    public static readonly Counter<long> Accepted =
        Telemetry.Meter.CreateCounter<long>("mailmesh.spool.accepted", "{message}", "Messages made durable in the spool");

    public static readonly Counter<long> Republished =
        Telemetry.Meter.CreateCounter<long>("mailmesh.spool.republished", "{message}", "Messages published again, after a start or a long silence");
}
