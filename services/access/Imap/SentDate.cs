using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §2.2: when a message was sent.</summary>
internal static class SentDate
{
    /// <summary>The Date field, or the internal date where it is missing or none.</summary>
    public static DateTimeOffset Of(MessageEnvelope? envelope, MailboxMessage message) =>
        envelope is not null && MessageText.Date(envelope) is { } sent ? sent : message.InternalDate;
}
