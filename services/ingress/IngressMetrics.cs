using System.Diagnostics.Metrics;
using MailMesh.Hosting;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress;

/// <summary>Metrics of the service. Open connections of each listener are counted by the listener.</summary>
internal static class IngressMetrics
{
    private static readonly string[] VerbNames = [.. Enum.GetNames<SmtpVerb>().Select(name => name.ToUpperInvariant())];

    private static readonly Counter<long> CommandCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.commands", "{command}", "SMTP commands, by verb and reply code");

    private static readonly Counter<long> MessageCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.messages", "{message}", "Messages, by listener and outcome");

    private static readonly Counter<long> RefusalCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.refusals", "{refusal}", "Refusals, by enhanced status code and by the stage of the session");

    private static readonly Counter<long> ByteCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.received", "By", "Octets of accepted messages");

    private static readonly Histogram<double> VerdictWait =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.ingress.verdict.wait", "s", "Time a session waited for filtering's verdict");

    public static void Command(SmtpVerb? verb, int code) =>
        CommandCount.Add(1, new("verb", verb is { } known ? NameOf(known) : "unknown"), new("code", code));

    public static void Accepted(SmtpListener listener, long octets)
    {
        MessageCount.Add(1, new("listener", listener.Name), new("outcome", "accepted"));
        ByteCount.Add(octets);
    }

    public static void MessageRefused(SmtpListener listener) =>
        MessageCount.Add(1, new("listener", listener.Name), new("outcome", "refused"));

    public static void Refused(Reply reply, string stage) => RefusalCount.Add(1, new("reason", reply.Enhanced), new("stage", stage));

    /// <summary>As it stands on the wire; without an allocation.</summary>
    public static string NameOf(SmtpVerb verb) => VerbNames[(int)verb];

    public static void Waited(TimeSpan span, bool answered) =>
        VerdictWait.Record(span.TotalSeconds, new KeyValuePair<string, object?>("answered", answered));
}
