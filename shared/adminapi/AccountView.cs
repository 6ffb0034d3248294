namespace MailMesh.AdminApi;

/// <summary>Somebody who has mailboxes and may authenticate. The password is shown by nothing.</summary>
/// <param name="QuotaBytes">Octets that all mailboxes together may hold; null for no limit.</param>
/// <param name="QuotaMessages">Messages that they may hold; null for no limit.</param>
public sealed record AccountView(string Address, string? DisplayName, bool Enabled, DateTimeOffset CreatedAt, long? QuotaBytes = null, long? QuotaMessages = null);

public sealed record NewAccount(string Address, string Password, string? DisplayName = null);

/// <summary>What is null stays as it is.</summary>
/// <param name="QuotaBytes">0 for no limit.</param>
/// <param name="QuotaMessages">0 for no limit.</param>
public sealed record AccountChange(string? Password = null, bool? Enabled = null, string? DisplayName = null, long? QuotaBytes = null, long? QuotaMessages = null);

/// <summary>What went with a removed account.</summary>
/// <param name="Aliases">Aliases that still lead to it; they stay.</param>
public sealed record RemovedAccount(string Address, long Mailboxes, long Messages, long Aliases);

/// <summary>A mailbox of an account.</summary>
/// <param name="SpecialUse">RFC 6154 attribute such as '\Junk'.</param>
/// <param name="SizeBytes">Octets of its messages.</param>
public sealed record MailboxView(string Name, string? SpecialUse, long Messages, long Unseen, long SizeBytes);

/// <summary>An account with its mailboxes, as 'mailmesh account show' prints it.</summary>
public sealed record AccountDetails(AccountView Account, IReadOnlyList<MailboxView> Mailboxes);
