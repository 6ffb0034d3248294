using System.Globalization;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 8474 §4 object identifiers. Each starts with a letter that names its kind, so that none is a number or NIL.</summary>
internal static class ObjectId
{
    /// <summary>MAILBOXID: stays when a mailbox is renamed; a name that is made again is another mailbox, with another UIDVALIDITY.</summary>
    public static string Of(MailboxInfo mailbox) => string.Create(CultureInfo.InvariantCulture, $"M{mailbox.Id}-{mailbox.UidValidity}");
}
