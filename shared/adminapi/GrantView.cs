namespace MailMesh.AdminApi;

/// <summary>The account may send with an address that is not its own.</summary>
/// <param name="Address">An address, or '@domain' for every address of a domain of ours.</param>
public sealed record GrantView(string Account, string Address, DateTimeOffset CreatedAt);

public sealed record NewGrant(string Account, string Address);
