using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>What an ESEARCH reply belongs to: a command's tag (RFC 4466 §2.6.2) and, of ESEARCH, a mailbox (RFC 7377 §2.1).</summary>
/// <param name="Mailbox">Null for SEARCH and SORT, which look at the selected one.</param>
internal sealed record SearchCorrelator(string Tag, string? Mailbox = null, long UidValidity = 0)
{
    public static SearchCorrelator Of(ImapSession session, MailboxView view) => new(session.Tag, view.Name, view.Shown.Mailbox.UidValidity);

    public void Write(ImapWriter writer)
    {
        writer.Write($"(TAG \"{Tag}\"");
        if (Mailbox is not null)
        {
            writer.Write(" MAILBOX "u8);
            writer.Mailbox(Mailbox);
            writer.Write($" UIDVALIDITY {UidValidity}");
        }
        writer.Write(')');
    }
}
