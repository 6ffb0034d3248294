using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <param name="Mailbox">Name of the mailbox; null where the account is gone.</param>
/// <param name="Duplicate">Delivered before; nothing was done now.</param>
public sealed record RecipientOutcome(LocalRecipient Recipient, string? Mailbox, long Uid, bool Duplicate);
