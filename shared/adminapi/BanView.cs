namespace MailMesh.AdminApi;

/// <summary>A client network or an account that no service of the mesh lets in.</summary>
/// <param name="Subject">192.0.2.1, 192.0.2.0/24, 2001:db8::/64, or user@example.org.</param>
/// <param name="Until">Null: until it is removed.</param>
public sealed record BanView(string Subject, DateTimeOffset? Until, string Reason);

/// <param name="Seconds">How long; null until it is removed.</param>
public sealed record NewBan(string Subject, long? Seconds = null, string? Reason = null);
