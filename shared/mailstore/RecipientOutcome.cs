using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <param name="Mailbox">Name of the mailbox; null where it was not delivered: the account is gone, or full.</param>
/// <param name="Duplicate">Delivered before; nothing was done now.</param>
public sealed record RecipientOutcome(LocalRecipient Recipient, string? Mailbox, long Uid, bool Duplicate)
{
    /// <summary>Not delivered: the account's quota is reached.</summary>
    public bool OverQuota { get; init; }
}
