using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §7.4.2 ENVELOPE.</summary>
internal static class EnvelopeReply
{
    public static void Write(ImapWriter writer, MessageEnvelope envelope)
    {
        writer.Write('(');
        writer.HeaderNstring(envelope.Date);
        writer.Write(' ');
        writer.HeaderNstring(envelope.Subject);
        WriteAddresses(writer, envelope.From);
        WriteAddresses(writer, envelope.Sender);
        WriteAddresses(writer, envelope.ReplyTo);
        WriteAddresses(writer, envelope.To);
        WriteAddresses(writer, envelope.Cc);
        WriteAddresses(writer, envelope.Bcc);
        writer.Write(' ');
        writer.HeaderNstring(envelope.InReplyTo);
        writer.Write(' ');
        writer.HeaderNstring(envelope.MessageId);
        writer.Write(')');
    }

    private static void WriteAddresses(ImapWriter writer, IReadOnlyList<EnvelopeAddress> addresses)
    {
        writer.Write(' ');
        if (addresses.Count == 0)
        {
            writer.Write("NIL"u8);
            return;
        }
        writer.Write('(');
        foreach (var address in addresses)
        {
            writer.Write('(');
            writer.HeaderNstring(address.Name);
            writer.Write(' ');
            writer.HeaderNstring(address.Route);
            writer.Write(' ');
            writer.HeaderNstring(address.Mailbox);
            writer.Write(' ');
            writer.HeaderNstring(address.Host);
            writer.Write(')');
        }
        writer.Write(')');
    }
}
