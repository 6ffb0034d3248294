using System.Globalization;
using System.Net;
using System.Net.Sockets;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>RFC 5321 §4.4: the trace field that ingress puts before the message; its id is the trace id.</summary>
internal static class ReceivedField
{
    public static string Write(SmtpSession session, SessionState.Greeted greeted, Transaction transaction, DateTimeOffset receivedAt)
    {
        var to = transaction.ForwardPaths.Count == 1 ? $"\r\n\tfor <{transaction.ForwardPaths[0]}>" : ""; // more would tell each of the others
        var tls = session.Connection.TlsDescription is { } description ? $"\r\n\ttls {description[(description.IndexOf(' ') + 1)..]}" : ""; // RFC 8314 §7.1
        var priority = transaction.Priority == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\r\n\tpriority {transaction.Priority}"); // RFC 6710 §6
        return $"Received: from {greeted.Hello.Domain} ({Name(session)}{Literal(MessageStory.AddressOf(session))})\r\n" +
            $"\tby {session.Server.Hostname} (MailMesh) with {Protocol(session, greeted, transaction)} id {transaction.MessageId}{to}{tls}{priority};\r\n" +
            $"\t{Date(receivedAt)}\r\n";
    }

    /// <summary>RFC 5322 §3.3.</summary>
    public static string Date(DateTimeOffset moment) =>
        moment.ToUniversalTime().ToString("ddd, dd MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>RFC 3848, and RFC 6531 §4.3 for the UTF8 forms.</summary>
    private static string Protocol(SmtpSession session, SessionState.Greeted greeted, Transaction transaction)
    {
        if (!greeted.Hello.Extended)
            return "SMTP";
        var protocol = session.Listener.IsLmtp ? "LMTP" : transaction.Mail.Smtputf8 ? "SMTP" : "ESMTP";
        var start = transaction.Mail.Smtputf8 ? $"UTF8{protocol}" : protocol;
        return $"{start}{(session.Connection.IsTls ? "S" : "")}{(greeted.Account is null ? "" : "A")}";
    }

    /// <summary>RFC 5321 §4.4 TCP-info: the client's name by DNS, where it is known.</summary>
    private static string Name(SmtpSession session) => session.Policy.RemoteName is { } name ? name + " " : "";

    private static string Literal(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[IPv6:{address}]" : $"[{address}]";
}
