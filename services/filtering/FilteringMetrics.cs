using System.Diagnostics.Metrics;
using MailMesh.Contracts;
using MailMesh.Hosting;

namespace MailMesh.Filtering;

/// <summary>The service's metrics.</summary>
internal static class FilteringMetrics
{
    private static readonly Counter<long> Verdicts =
        Telemetry.Meter.CreateCounter<long>("mailmesh.filtering.verdicts", "{message}", "Messages by what became of them: accept, junk, reject");

    private static readonly Counter<long> Checks =
        Telemetry.Meter.CreateCounter<long>("mailmesh.filtering.checks", "{check}", "Results of each check");

    private static readonly Counter<long> Conversions =
        Telemetry.Meter.CreateCounter<long>("mailmesh.filtering.conversions", "{message}", "BINARYMIME messages by what became of them: converted, refused");

    private static readonly Histogram<double> Duration =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.filtering.duration", "s", "From a message's arrival at the service to its commands and verdict");

    public static void Judged(Disposition disposition, TimeSpan duration)
    {
        Verdicts.Add(1, new KeyValuePair<string, object?>("disposition", NameOf(disposition)));
        Duration.Record(duration.TotalSeconds);
    }

    public static void Checked(string check, string result) =>
        Checks.Add(1, new KeyValuePair<string, object?>("check", check), new KeyValuePair<string, object?>("result", result));

    public static void Converted(bool done) =>
        Conversions.Add(1, new KeyValuePair<string, object?>("outcome", done ? "converted" : "refused"));

    /// <summary>The disposition as traces, tracking and metrics write it.</summary>
    public static string NameOf(Disposition disposition) => disposition switch
    {
        Disposition.Accept => "accept",
        Disposition.Junk => "junk",
        _ => "reject",
    };
}
