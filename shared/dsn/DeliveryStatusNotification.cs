using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace MailMesh.Dsn;

/// <summary>Composes a report (RFC 3464) in its container (RFC 3462, now 6522): a text to read, fields to parse, the original or its header.</summary>
/// <param name="hostname">Our name: Reporting-MTA, and the domain of the sender's address.</param>
public sealed class DeliveryStatusNotification(string hostname)
{
    private static readonly FormatOptions CrLf = WithCrLf();

    private readonly string _hostname = hostname;

    /// <param name="report">What to tell; its reverse-path is not empty.</param>
    /// <param name="id">Message id (trace id) of the notification itself.</param>
    /// <param name="original">What comes back of the original, as it was stored.</param>
    /// <param name="now">The date of the notification.</param>
    public MimeMessage Compose(StatusReport report, string id, ReturnedMessage original, DateTimeOffset now)
    {
        var container = new MultipartReport("delivery-status") { Text(report), Status(report), Part(original) };
        var message = new MimeMessage
        {
            Subject = Subject(report),
            Date = now,
            MessageId = $"{id}@{_hostname}",
            Body = container,
        };
        // RFC 5321 §4.4: the trace field carries the id by which operators find this notification.
        message.Headers.Insert(0, new Header("Received", $"by {_hostname} (MailMesh) id {id}; {DateUtils.FormatDate(now)}"));
        message.From.Add(new MailboxAddress("Mail Delivery System", $"MAILER-DAEMON@{_hostname}"));
        message.To.Add(new MailboxAddress("", report.ReversePath));
        message.Headers.Add("Auto-Submitted", "auto-replied"); // RFC 3834 §5
        message.Headers.Add("X-MailMesh-Trace", report.MessageId);
        if (OriginalMessageId(original.Octets) is { } messageId)
            message.InReplyTo = messageId;
        return message;
    }

    /// <summary>RFC 3464 §2.3.3: the word of the action.</summary>
    internal static string NameOf(DsnAction action) => action switch
    {
        DsnAction.Failed => "failed",
        DsnAction.Delayed => "delayed",
        DsnAction.Delivered => "delivered",
        DsnAction.Relayed => "relayed",
        _ => "expanded",
    };

    /// <summary>The worst of it: what a list of mail has to show.</summary>
    private static string Subject(StatusReport report) => report.Recipients.Min(r => r.Action) switch
    {
        DsnAction.Failed => "Undeliverable: your message could not be delivered",
        DsnAction.Delayed => "Delayed: your message has not been delivered yet",
        DsnAction.Delivered => "Delivered: your message has been delivered",
        DsnAction.Relayed => "Relayed: your message has been handed to another server",
        _ => "Expanded: your message is on its way to the members of a list",
    };

    private static string Heading(DsnAction action) => action switch
    {
        DsnAction.Failed => "Your message could not be delivered to:",
        DsnAction.Delayed => "Your message has not been delivered yet to the recipients below. You need not send it\nagain: the server goes on trying.",
        DsnAction.Delivered => "Your message has been delivered to:",
        DsnAction.Relayed => "Your message has been handed to another server, which may send no further notice, for:",
        _ => "Your message goes to several recipients, of whom no further notice is sent, by way of:",
    };

    private TextPart Text(StatusReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"This is the mail server {_hostname}.\n\n");
        foreach (var group in report.Recipients.GroupBy(r => r.Action).OrderBy(g => g.Key))
        {
            text.Append(Heading(group.Key)).Append("\n\n");
            foreach (var recipient in group)
                Describe(text, recipient);
        }
        text.Append(CultureInfo.InvariantCulture, $"Your message arrived here on {DateUtils.FormatDate(report.ReceivedAt)}.\n");
        // On a line of its own: no encoding folds it, and a search finds it.
        text.Append(CultureInfo.InvariantCulture, $"If you ask your postmaster about it, give this trace id:\n{report.MessageId}\n");
        var part = new TextPart("plain") { Text = text.ToString() };
        part.ContentTransferEncoding = part.GetBestEncoding(EncodingConstraint.SevenBit);
        return part;
    }

    private static void Describe(StringBuilder text, RecipientStatus recipient)
    {
        text.Append(CultureInfo.InvariantCulture, $"  {OneLine(recipient.ForwardPath ?? recipient.Address)}\n");
        if (recipient.ForwardPath is { } written && !string.Equals(written, recipient.Address, StringComparison.OrdinalIgnoreCase))
            text.Append(CultureInfo.InvariantCulture, $"    (forwarded to {OneLine(recipient.Address)})\n");
        if (recipient.Diagnostic is { } diagnostic && recipient.RemoteMta is { } host)
            text.Append(CultureInfo.InvariantCulture, $"    The server {OneLine(host)} said: {OneLine(diagnostic)}\n");
        else if (recipient.Diagnostic is { } finding)
            text.Append(CultureInfo.InvariantCulture, $"    {OneLine(finding)}\n");
        text.Append(CultureInfo.InvariantCulture, $"    Status: {recipient.Status}\n");
        if (recipient.WillRetryUntil is { } until)
            text.Append(CultureInfo.InvariantCulture, $"    The server goes on trying until {DateUtils.FormatDate(until)}.\n");
        text.Append('\n');
    }

    private MessageDeliveryStatus Status(StatusReport report)
    {
        var message = new HeaderList();
        // RFC 3464 §2.2.1: as the sender gave it, decoded.
        if (report.EnvelopeId is { } xtext && Xtext.TryDecode(xtext, out var envelopeId))
            message.Add("Original-Envelope-Id", envelopeId);
        message.Add("Reporting-MTA", $"dns; {_hostname}");
        message.Add("X-MailMesh-Trace", report.MessageId);
        message.Add("Arrival-Date", DateUtils.FormatDate(report.ReceivedAt));
        if (report.DeliverBy is { } deliverBy)
            message.Add("Deliver-By-Date", DateUtils.FormatDate(deliverBy)); // RFC 2852 §5
        return Groups([message, .. report.Recipients.Select(Fields)]);
    }

    /// <summary>RFC 3464 §2.1: a blank line between the groups. MimeKit writes one behind each, and in one behind the last readers see a recipient without fields.</summary>
    private static MessageDeliveryStatus Groups(IReadOnlyList<HeaderList> groups)
    {
        var octets = new MemoryStream();
        foreach (var group in groups)
            group.WriteTo(CrLf, octets);
        octets.SetLength(octets.Length - 2);
        octets.Position = 0;
        return new MessageDeliveryStatus { Content = new MimeContent(octets) };
    }

    private static HeaderList Fields(RecipientStatus recipient)
    {
        var fields = new HeaderList();
        if (recipient.OriginalRecipient is { } parameter && OriginalRecipient.TryParse(parameter, out var original))
            fields.Add("Original-Recipient", OneLine(original.ToString()));
        else if (recipient.ForwardPath is { } written)
            fields.Add("Original-Recipient", OriginalRecipient.FieldOf(OneLine(written)));
        fields.Add("Final-Recipient", OriginalRecipient.FieldOf(OneLine(recipient.Address)));
        fields.Add("Action", NameOf(recipient.Action));
        fields.Add("Status", recipient.Status);
        if (recipient.RemoteMta is { } host)
            fields.Add("Remote-MTA", $"dns; {Ascii(OneLine(host))}");
        if (recipient.Diagnostic is { } diagnostic)
            fields.Add("Diagnostic-Code", $"{(recipient.RemoteMta is null ? "X-MailMesh" : "smtp")}; {Ascii(OneLine(diagnostic))}");
        if (recipient.LastAttemptAt is { } at)
            fields.Add("Last-Attempt-Date", DateUtils.FormatDate(at));
        if (recipient.WillRetryUntil is { } until)
            fields.Add("Will-Retry-Until", DateUtils.FormatDate(until));
        return fields;
    }

    private static FormatOptions WithCrLf()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }

    private static MimePart Part(ReturnedMessage original) => original.IsWhole ? Whole(original) : Header(original);

    private static MimePart Header(ReturnedMessage original)
    {
        // RFC 6533 §4: a header with UTF-8 in it is no text/rfc822-headers.
        var part = original.IsAscii ? new MimePart("text", "rfc822-headers") : new MimePart("message", "global-headers");
        part.Content = new MimeContent(new MemoryStream(original.Octets));
        part.ContentTransferEncoding = original.IsAscii && original.FitsLines ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable;
        return part;
    }

    /// <summary>RFC 2046 §5.2.1: message/rfc822 goes as it is; message/global may be encoded (RFC 6532 §3.7), and so passes servers of old.</summary>
    private static MimePart Whole(ReturnedMessage original) => new("message", original.IsInternational ? "global" : "rfc822")
    {
        Content = new MimeContent(new MemoryStream(original.Octets)),
        ContentTransferEncoding = original.IsInternational ? ContentEncoding.Base64 : original.IsAscii ? ContentEncoding.SevenBit : ContentEncoding.EightBit,
    };

    private static string? OriginalMessageId(byte[] header)
    {
        try
        {
            using var octets = new MemoryStream(header);
            return HeaderList.Load(octets)[HeaderId.MessageId] is { } value ? MimeUtils.ParseMessageId(value) : null;
        }
        catch (FormatException)
        {
            return null; // the original is not ours to judge: the report goes out without In-Reply-To
        }
    }

    private static string OneLine(string text) => string.Create(Math.Min(text.Length, 1000), text, static (line, source) =>
    {
        for (var i = 0; i < line.Length; i++)
            line[i] = char.IsControl(source[i]) ? ' ' : source[i];
    });

    private static string Ascii(string text) => string.Concat(text.Select(c => char.IsAscii(c) ? c : '?'));
}
