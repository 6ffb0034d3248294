using System.Diagnostics;
using System.Diagnostics.Metrics;
using MailMesh.Hosting;

namespace MailMesh.Access.Imap;

/// <summary>Metrics of the IMAP service.</summary>
internal static class ImapMetrics
{
    private static readonly Histogram<double> Commands =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.imap.command.duration", "s", "Time from a command to its tagged reply; IDLE counts as long as it lasts");

    private static readonly Counter<long> Logins =
        Telemetry.Meter.CreateCounter<long>("mailmesh.imap.logins", "{login}", "Logins by their outcome");

    private static readonly UpDownCounter<long> Idle =
        Telemetry.Meter.CreateUpDownCounter<long>("mailmesh.imap.idle", "{session}", "Sessions in IDLE");

    public static void Command(string name, CompletionStatus status, long started) =>
        Commands.Record(
            Stopwatch.GetElapsedTime(started).TotalSeconds,
            new KeyValuePair<string, object?>("command", name),
            new KeyValuePair<string, object?>("status", StatusName(status)));

    public static void Login(bool succeeded) => Logins.Add(1, new KeyValuePair<string, object?>("outcome", succeeded ? "ok" : "failed"));

    public static void IdleStarted() => Idle.Add(1);

    public static void IdleEnded() => Idle.Add(-1);

    private static string StatusName(CompletionStatus status) => status switch
    {
        CompletionStatus.Ok => "ok",
        CompletionStatus.No => "no",
        _ => "bad",
    };
}
