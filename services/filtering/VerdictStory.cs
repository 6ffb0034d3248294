using System.Globalization;
using MailMesh.Contracts;
using MailMesh.Tracking;

namespace MailMesh.Filtering;

/// <summary>Writes what filtering decided into the message's story.</summary>
public sealed class VerdictStory(TrackingLog tracking)
{
    private const string Service = "filtering";

    public void Tell(JudgedMessage judged, DispatchPlan plan)
    {
        var id = judged.Message.MessageId;
        tracking.Record(new TrackingEvent { MessageId = id, Service = Service, Event = "verdict", Detail = Detail(judged, plan) });
        if (plan.Refuse is not null)
            return;
        foreach (var local in plan.Deliver)
            TellRoute(id, local.ForwardPath, local.Address, "local");
        foreach (var remote in plan.Relay)
            TellRoute(id, remote.ForwardPath, remote.Address, "remote");
        foreach (var failed in plan.Bounce)
            TellFailure(id, "bounced", failed);
        foreach (var failed in plan.Discard)
            TellFailure(id, "discarded", failed);
    }

    private static Dictionary<string, string> Detail(JudgedMessage judged, DispatchPlan plan)
    {
        var detail = new Dictionary<string, string>
        {
            ["verdict"] = FilteringMetrics.NameOf(plan.Disposition),
            ["score"] = judged.Verdict.Score.ToString("0.0", CultureInfo.InvariantCulture),
        };
        if (plan.Refuse is { } refusal)
            detail["reply"] = $"{refusal.ReplyCode} {refusal.EnhancedStatus} {refusal.Text}";
        foreach (var check in judged.Verdict.Checks)
            detail[check.Check] = Describe(check);
        return detail;
    }

    private static string Describe(CheckResult check)
    {
        var score = check.Score == 0 ? "" : check.Score.ToString("+0.0;-0.0", CultureInfo.InvariantCulture) + " ";
        return $"{check.Result} {score}({check.Evidence ?? "no evidence"}; rules {check.Version})";
    }

    /// <summary>A path that is its own end needs no line: the delivery's line says it all.</summary>
    private void TellRoute(string id, string forwardPath, string address, string kind)
    {
        if (string.Equals(forwardPath, address, StringComparison.OrdinalIgnoreCase))
            return;
        tracking.Record(new TrackingEvent
        {
            MessageId = id,
            Service = Service,
            Event = "routed",
            Recipient = address,
            Detail = new Dictionary<string, string> { ["from"] = forwardPath, ["to"] = kind },
        });
    }

    private void TellFailure(string id, string what, FailedRecipient failed) => tracking.Record(new TrackingEvent
    {
        MessageId = id,
        Service = Service,
        Event = what,
        Recipient = failed.Address,
        Detail = new Dictionary<string, string> { ["rule"] = $"{failed.Reason.EnhancedStatus} {failed.Reason.Text}", ["forward_path"] = failed.ForwardPath },
    });
}
