namespace MailMesh.Accounts;

/// <summary>A domain as an operator sees it.</summary>
public sealed record DomainInfo(string Name, DateTimeOffset CreatedAt, int Accounts, int Aliases);

/// <summary>An account as an operator sees it: never its password's hash.</summary>
/// <param name="QuotaBytes">Octets that all mailboxes together may hold; null for no limit.</param>
/// <param name="QuotaMessages">Messages that they may hold; null for no limit.</param>
public sealed record AccountInfo(long Id, string Address, string? DisplayName, bool Enabled, DateTimeOffset CreatedAt, long? QuotaBytes, long? QuotaMessages);

/// <summary>Mail for Source goes to Target.</summary>
public sealed record AliasInfo(string Source, string Target, DateTimeOffset CreatedAt);

/// <summary>The aliases that one removal took away.</summary>
public sealed record RemovedAliases(IReadOnlyList<AliasInfo> Aliases);

/// <summary>A route as an operator sees it: never its password.</summary>
public sealed record RouteInfo(string Domain, string Host, int Port, string? Username, DateTimeOffset CreatedAt);

/// <summary>Where a domain's mail goes in place of its MX hosts.</summary>
/// <param name="Domain">A domain, or '*' for every domain without a route of its own.</param>
/// <param name="Host">A host name or an address.</param>
/// <param name="Username">For AUTH at the host; none by default.</param>
/// <param name="Password">A secret.</param>
public sealed record NewRoute(string Domain, string Host, int Port, string? Username = null, string? Password = null);
