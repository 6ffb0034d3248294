namespace MailMesh.Mailstore;

/// <summary>A mailbox that a reader may know of.</summary>
/// <param name="Owner">Address of its account.</param>
/// <param name="Path">Its name as the reader sees it: see <see cref="MailboxPath"/>.</param>
/// <param name="Rights">What the reader may do with it; an owner may do everything.</param>
public sealed record ReachedMailbox(MailboxInfo Mailbox, string Owner, string Path, MailboxRights Rights)
{
    /// <summary>It is one of the reader's own.</summary>
    public bool IsOwn => !MailboxPath.IsOthers(Path);

    /// <summary>RFC 5465 §6.3 inboxes: what is delivered to the reader comes here: INBOX, and what is filed as junk.</summary>
    public bool TakesDeliveries => IsOwn && !Mailbox.NoSelect && (Path == MailboxName.Inbox || Mailbox.SpecialUse == @"\Junk");

    public bool May(MailboxRights needed) => (Rights & needed) == needed;
}
