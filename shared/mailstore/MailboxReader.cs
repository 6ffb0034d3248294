namespace MailMesh.Mailstore;

/// <summary>Who looks at mailboxes, its own and those that others share with it.</summary>
/// <param name="Address">Of the account, lower case.</param>
public readonly record struct MailboxReader(long AccountId, string Address);
