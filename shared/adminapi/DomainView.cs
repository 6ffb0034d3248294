namespace MailMesh.AdminApi;

/// <summary>A domain whose mail is ours.</summary>
/// <param name="Accounts">Accounts in it.</param>
/// <param name="Aliases">Aliases whose source is in it.</param>
public sealed record DomainView(string Name, DateTimeOffset CreatedAt, long Accounts, long Aliases);

public sealed record NewDomain(string Name);

/// <summary>What went with a removed domain.</summary>
public sealed record RemovedDomain(string Name, long Accounts, long Aliases, long Mailboxes, long Messages);
