using MailMesh.Hosting;
using MailMesh.Tracking;

namespace MailMesh.Ingress.Session;

/// <summary>
/// Gives every refusal the id that it can be traced by: its message's, or the session's where it belongs to no message. What
/// <see cref="MessageStory"/> has not told is told here, so that no id leads nowhere, within bounds that a flood cannot pass.
/// </summary>
internal sealed class SessionStory(SmtpSession session)
{
    /// <summary>All refusals of a session have one id, whose story is clear by then.</summary>
    private const int MaxLines = 10;

    private string? _id;
    private string? _toldAs;
    private int _lines;

    /// <summary>The session's own id: 32 hex digits, as a trace id has. Made when the first refusal needs it.</summary>
    private string Id => _id ??= Telemetry.NewTraceId().ToHexString();

    /// <summary>The refusal that goes out next has been told, as that message's.</summary>
    public void Told(string messageId) => _toldAs = messageId;

    /// <summary>What to show at the end of a refusal; called once for each that goes out.</summary>
    /// <param name="stage">The verb, 'connect', or 'command' between two.</param>
    public string IdFor(Reply refusal, string stage)
    {
        IngressMetrics.Refused(refusal, stage);
        if (_toldAs is { } told)
        {
            _toldAs = null;
            return told;
        }
        var id = session.Open?.MessageId ?? Id;
        if (_lines++ < MaxLines && session.Server.SessionStories.TryTake(session.Server.Clock))
            Tell(id, refusal, stage);
        return id;
    }

    private void Tell(string id, Reply refusal, string stage)
    {
        var detail = MessageStory.Client(MessageStory.Evidence(session, session.Greeted));
        detail["stage"] = stage;
        detail["reason"] = refusal.ToString();
        session.Server.Tracking.Record(new TrackingEvent { MessageId = id, Service = "ingress", Event = "refused", Detail = detail });
        SessionLog.SessionRefused(session.Server.Log, id, stage, refusal.ToString(), session.Listener.Name, MessageStory.AddressOf(session));
    }
}
