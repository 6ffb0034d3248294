namespace MailMesh.Bans;

/// <summary>A ban in force.</summary>
/// <param name="Until">Null: until an operator removes it.</param>
public sealed record BanInfo(string Subject, DateTimeOffset? Until, string Reason);
