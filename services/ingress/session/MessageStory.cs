using System.Diagnostics;
using System.Globalization;
using System.Net;
using MailMesh.Contracts;
using MailMesh.Tracking;

namespace MailMesh.Ingress.Session;

/// <summary>Ingress's lines of a message's story: tracking, span, log and metrics told together.</summary>
internal static class MessageStory
{
    /// <summary>A story names so many recipients at the most; the envelope has them all.</summary>
    private const int MaxNamedRecipients = 20;

    public static void Received(SmtpSession session, MessageReceived message)
    {
        var transaction = session.Open;
        var envelope = message.Envelope;
        var detail = Client(message.Connection, transaction);
        detail["from"] = envelope.ReversePath;
        detail["to"] = string.Join(' ', envelope.ForwardPaths.Take(MaxNamedRecipients));
        if (transaction is { GivenReversePath: var given } && given != envelope.ReversePath)
            detail["sent as"] = given;
        detail["recipients"] = envelope.ForwardPaths.Count.ToString(CultureInfo.InvariantCulture);
        detail["size"] = message.SizeBytes.ToString(CultureInfo.InvariantCulture);
        if (Asked(envelope) is { Length: > 0 } asked)
            detail["asked"] = asked;
        session.Server.Tracking.Record(new TrackingEvent { MessageId = message.MessageId, Service = "ingress", Event = "received", Detail = detail });
    }

    /// <summary>What the envelope asks for beyond delivery, in the words of its parameters; empty where it asks for nothing.</summary>
    private static string Asked(Envelope envelope)
    {
        var deliverBy = envelope.DeliverBy?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        string?[] words =
        [
            envelope.DsnReturn is { } dsnReturn ? $"RET={dsnReturn}" : null,
            envelope.EnvelopeId is { } id ? $"ENVID={id}" : null,
            envelope.Priority != 0 ? string.Create(CultureInfo.InvariantCulture, $"MT-PRIORITY={envelope.Priority}") : null,
            deliverBy is not null ? $"BY={deliverBy};{envelope.DeliverByMode}" : null,
            envelope.RequireTls ? "REQUIRETLS" : null,
            .. envelope.Requests.Where(request => request.Notify is not null).Take(MaxNamedRecipients).Select(request => $"<{request.ForwardPath}> NOTIFY={request.Notify}"),
        ];
        return string.Join(' ', words.Where(word => word is not null));
    }

    /// <summary>The 250 is about to go out.</summary>
    public static void Accepted(SmtpSession session, MessageReceived message)
    {
        var envelope = message.Envelope;
        IngressMetrics.Accepted(session.Listener, message.SizeBytes);
        SessionLog.Accepted(session.Server.Log, message.MessageId, envelope.ReversePath, envelope.ForwardPaths.Count, message.SizeBytes,
            session.Listener.Name, AddressOf(session));
    }

    /// <summary>The 250 of a message that waits for its moment is about to go out.</summary>
    public static void Held(SmtpSession session, MessageReceived message, DateTimeOffset releaseAt)
    {
        var until = releaseAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        session.Server.Tracking.Record(new TrackingEvent
        {
            MessageId = message.MessageId,
            Service = "ingress",
            Event = "held",
            Detail = new Dictionary<string, string> { ["until"] = until },
        });
        Accepted(session, message);
    }

    public static void Refused(SmtpSession session, SessionState.Greeted greeted, Transaction transaction, string stage, Reply reply, string? forwardPath = null)
    {
        var evidence = Evidence(session, greeted, transaction);
        var detail = Client(evidence, transaction);
        detail["stage"] = stage;
        detail["reason"] = reply.ToString();
        detail["from"] = transaction.Mail.ReversePath;
        // Promise 4. Of a message that is taken filtering's verdict tells it.
        foreach (var check in evidence.Checks)
            detail[check.Check] = $"{check.Result} ({check.Evidence})";
        session.Server.Tracking.Record(new TrackingEvent
        {
            MessageId = transaction.MessageId,
            Service = "ingress",
            Event = "refused",
            Recipient = forwardPath,
            Detail = detail,
        });
        transaction.Activity?.AddEvent(new ActivityEvent("refused", tags: new ActivityTagsCollection { ["stage"] = stage, ["reply"] = reply.ToString() }));
        session.Story.Told(transaction.MessageId);
        SessionLog.Refused(session.Server.Log, transaction.MessageId, stage, reply.ToString(), transaction.Mail.ReversePath, forwardPath, AddressOf(session));
    }

    /// <param name="greeted">Null while the client has not introduced itself.</param>
    /// <param name="transaction">Null outside of one.</param>
    public static ConnectionEvidence Evidence(SmtpSession session, SessionState.Greeted? greeted, Transaction? transaction = null) => new()
    {
        RemoteAddress = AddressOf(session).ToString(),
        RemoteName = session.Policy.RemoteName,
        Checks = session.Policy.Evidence(),
        Helo = greeted?.Hello.Domain ?? "",
        Listener = session.Listener.Name,
        AuthenticatedAs = greeted?.Account?.Address,
        Tls = session.Connection.TlsDescription,
        IsRelayClient = transaction?.Permit is not null,
    };

    public static IPAddress AddressOf(SmtpSession session)
    {
        var address = session.Connection.Remote.Address;
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    public static Dictionary<string, string> Client(ConnectionEvidence evidence, Transaction? transaction = null)
    {
        var detail = new Dictionary<string, string>
        {
            ["client"] = evidence.RemoteAddress,
        };
        if (evidence.RemoteName is { } name)
            detail["name"] = name;
        if (evidence.Helo.Length > 0)
            detail["helo"] = evidence.Helo;
        detail["listener"] = evidence.Listener;
        if (evidence.AuthenticatedAs is { } account)
            detail["account"] = account;
        if (transaction?.Permit is { } permit)
            detail["relay client"] = permit.Client.Network;
        if (evidence.Tls is { } tls)
            detail["tls"] = tls;
        return detail;
    }
}
