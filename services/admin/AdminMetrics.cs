using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Admin;

/// <summary>Metrics of the service.</summary>
internal static class AdminMetrics
{
    private static readonly Histogram<double> Duration =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.admin.request.duration", "s", "Time that a request to the admin API took");

    public static void Served(string method, int status, TimeSpan took) =>
        Duration.Record(took.TotalSeconds, new KeyValuePair<string, object?>("method", method), new KeyValuePair<string, object?>("status", status));
}
