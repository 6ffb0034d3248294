namespace MailMesh.AdminApi;

/// <summary>A password of one device or program of an account.</summary>
/// <param name="UsedAt">Null until it was first used; up to ten minutes behind.</param>
public sealed record AppPasswordView(string Account, string Name, DateTimeOffset CreatedAt, DateTimeOffset? UsedAt);

/// <param name="Account">The account's address; a user needs none, it is the own one.</param>
public sealed record NewAppPassword(string Name, string? Account = null);

/// <param name="Password">Shown this once.</param>
public sealed record MadeAppPassword(string Account, string Name, string Password);
