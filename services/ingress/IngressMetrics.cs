using System.Diagnostics.Metrics;
using MailMesh.Hosting;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress;

/// <summary>Metrics of the service. Open connections of each listener are counted by the listener.</summary>
internal static class IngressMetrics
{
    private static readonly string[] VerbNames = [.. Enum.GetNames<SmtpVerb>().Select(name => name.ToUpperInvariant())];

    private static readonly Counter<long> SessionCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.sessions", "{session}", "Sessions that have ended, by listener and how: quit, left, timeout, refused, dropped, shutdown, failed");

    private static readonly Counter<long> ReplyCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.replies", "{reply}", "Replies, by code");

    private static readonly Counter<long> CommandCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.commands", "{command}", "SMTP commands, by verb and reply code");

    private static readonly Counter<long> MessageCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.messages", "{message}", "Messages, by listener and outcome");

    private static readonly Counter<long> RefusalCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.refusals", "{refusal}", "Refusals, by enhanced status code and by the stage of the session");

    private static readonly Counter<long> PolicyRefusalCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.policy.refusals", "{refusal}", "Clients, senders and recipients refused before DATA, by check and listener");

    private static readonly Counter<long> ListCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.policy.lists", "{question}", "Questions to DNS lists, by list and answer: listed, clean, late, failed");

    private static readonly Counter<double> DelayTime =
        Telemetry.Meter.CreateCounter<double>("mailmesh.ingress.policy.delays", "s", "Time that clients were made to wait, by reason: greeting, tarpit");

    private static readonly Counter<long> ByteCount =
        Telemetry.Meter.CreateCounter<long>("mailmesh.ingress.received", "By", "Octets of accepted messages");

    private static readonly Histogram<double> AcceptTime =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.ingress.accept.duration", "s", "Time from the last octet of a message to its 250");

    private static readonly Histogram<double> VerdictWait =
        Telemetry.Meter.CreateHistogram<double>("mailmesh.ingress.verdict.wait", "s", "Time a session waited for filtering's verdict");

    public static void SessionEnded(SmtpListener listener, string how) => SessionCount.Add(1, new("listener", listener.Name), new("end", how));

    public static void Replied(int code) => ReplyCount.Add(1, new KeyValuePair<string, object?>("code", code));

    public static void AcceptedWithin(TimeSpan span) => AcceptTime.Record(span.TotalSeconds);

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

    public static void PolicyRefused(string check, SmtpListener listener) => PolicyRefusalCount.Add(1, new("check", check), new("listener", listener.Name));

    public static void ListAnswered(string list, string answer) => ListCount.Add(1, new("list", list), new("answer", answer));

    public static void Delayed(string reason, TimeSpan delay) => DelayTime.Add(delay.TotalSeconds, new KeyValuePair<string, object?>("reason", reason));

    public static void Waited(TimeSpan span, bool answered) =>
        VerdictWait.Record(span.TotalSeconds, new KeyValuePair<string, object?>("answered", answered));
}
