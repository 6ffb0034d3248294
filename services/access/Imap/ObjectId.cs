using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 8474 §4 object identifiers. Each starts with a letter that names its kind, so that none is a number or NIL.</summary>
internal static class ObjectId
{
    /// <summary>Octets of a hash that tell threads apart: of a billion threads no two are likely to have the same.</summary>
    private const int ThreadOctets = 12;

    /// <summary>MAILBOXID: stays when a mailbox is renamed; a name that is made again is another mailbox, with another UIDVALIDITY.</summary>
    public static string Of(MailboxInfo mailbox) => string.Create(CultureInfo.InvariantCulture, $"M{mailbox.Id}-{mailbox.UidValidity}");

    /// <summary>EMAILID: copies of a message share its content.</summary>
    public static string OfEmail(long contentId) => string.Create(CultureInfo.InvariantCulture, $"E{contentId}");

    /// <summary>The content id of an EMAILID; null where it is none of ours.</summary>
    public static long? ContentOf(string emailId) =>
        emailId.Length > 1 && long.TryParse(emailId.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && OfEmail(id) == emailId ? id : null;

    /// <summary>
    /// THREADID: the message that all of a thread refer to first (RFC 5322 §3.6.4), or that refers to none. It says nothing of other messages, so it
    /// stays whatever comes and goes.
    /// </summary>
    public static string OfThread(MessageHeading heading)
    {
        var refersTo = heading.RefersTo ?? "";
        var root = refersTo.Length > 0 ? refersTo.Split(' ', 2)[0] : MessageIds.First(MessageIndex.DecodeEnvelope(heading.Envelope).MessageId);
        var name = root ?? OfEmail(heading.ContentId);
        return "T" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, ThreadOctets));
    }

    /// <summary>objectid of §7: an atom of letters, digits, _ and -.</summary>
    public static string Parse(ref ImapScanner scanner)
    {
        var id = scanner.AtomText();
        if (id.Length > 255 || id.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-')))
            scanner.Fail("Object identifier expected");
        return id;
    }
}
