using System.Globalization;
using System.Text;
using MimeKit;
using MimeKit.Utils;

namespace MailMesh.Dsn;

/// <summary>Composes a report (RFC 3464) in its container (RFC 3462, now 6522): a text to read, fields to parse, the header of the original.</summary>
/// <param name="hostname">Our name: Reporting-MTA, and the domain of the sender's address.</param>
public sealed class DeliveryStatusNotification(string hostname)
{
    /// <summary>RFC 5321 §4.5.3.1.6 bounds a line at 998 octets; a longer one of the original needs an encoding.</summary>
    private const int LongestLine = 998;

    private readonly string _hostname = hostname;

    /// <param name="report">What to tell; its reverse-path is not empty.</param>
    /// <param name="id">Message id (trace id) of the notification itself.</param>
    /// <param name="header">The header of the original, as it was stored.</param>
    /// <param name="now">The date of the notification.</param>
    public MimeMessage Compose(StatusReport report, string id, byte[] header, DateTimeOffset now)
    {
        var container = new MultipartReport("delivery-status") { Text(report), Status(report), OriginalHeader(header) };
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
        if (OriginalMessageId(header) is { } original)
            message.InReplyTo = original;
        return message;
    }

    private static string Subject(StatusReport report) =>
        report.Recipients.All(r => r.Action == DsnAction.Delayed)
            ? "Delayed: your message has not been delivered yet"
            : "Undeliverable: your message could not be delivered";

    private TextPart Text(StatusReport report)
    {
        var text = new StringBuilder();
        var failed = report.Recipients.Where(r => r.Action == DsnAction.Failed).ToList();
        var delayed = report.Recipients.Where(r => r.Action == DsnAction.Delayed).ToList();
        text.Append(CultureInfo.InvariantCulture, $"This is the mail server {_hostname}.\n\n");
        if (failed.Count > 0)
            text.Append("Your message could not be delivered to:\n\n");
        foreach (var recipient in failed)
            Describe(text, recipient);
        if (delayed.Count > 0)
            text.Append("Your message has not been delivered yet to the recipients below. You need not send it\nagain: the server goes on trying.\n\n");
        foreach (var recipient in delayed)
            Describe(text, recipient);
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
        var status = new MessageDeliveryStatus();
        var message = new HeaderList
        {
            { "Reporting-MTA", $"dns; {_hostname}" },
            { "X-MailMesh-Trace", report.MessageId },
            { "Arrival-Date", DateUtils.FormatDate(report.ReceivedAt) },
        };
        status.StatusGroups.Add(message);
        foreach (var recipient in report.Recipients)
            status.StatusGroups.Add(Fields(recipient));
        return status;
    }

    private static HeaderList Fields(RecipientStatus recipient)
    {
        var fields = new HeaderList();
        if (recipient.ForwardPath is { } written)
            fields.Add("Original-Recipient", TypedAddress(written));
        fields.Add("Final-Recipient", TypedAddress(recipient.Address));
        fields.Add("Action", recipient.Action == DsnAction.Failed ? "failed" : "delayed");
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

    /// <summary>RFC 3464 §2.3.1; RFC 6533 §3 for an address outside ASCII, in the form that stays ASCII.</summary>
    private static string TypedAddress(string address)
    {
        var line = OneLine(address);
        if (line.All(char.IsAscii))
            return $"rfc822; {line}";
        var text = new StringBuilder("utf-8; ");
        foreach (var rune in line.EnumerateRunes())
        {
            if (rune.IsAscii && rune.Value is not ('\\' or '+' or '='))
                text.Append((char)rune.Value);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\x{{{rune.Value:X}}}");
        }
        return text.ToString();
    }

    private static MimePart OriginalHeader(byte[] header)
    {
        // RFC 6533 §4: a header with UTF-8 in it is no text/rfc822-headers.
        var ascii = !header.AsSpan().ContainsAnyExceptInRange((byte)0, (byte)127);
        var part = ascii ? new MimePart("text", "rfc822-headers") : new MimePart("message", "global-headers");
        part.Content = new MimeContent(new MemoryStream(header));
        part.ContentTransferEncoding = ascii && FitsLines(header) ? ContentEncoding.SevenBit : ContentEncoding.QuotedPrintable;
        return part;
    }

    private static bool FitsLines(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            var end = octets.IndexOf((byte)'\n');
            if ((end < 0 ? octets.Length : end) > LongestLine)
                return false;
            octets = end < 0 ? [] : octets[(end + 1)..];
        }
        return true;
    }

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
