namespace MailMesh.Mailstore;

/// <summary>A message for APPEND.</summary>
/// <param name="InternalDate">Now where null.</param>
public sealed record NewMessage(string Blob, long Size, SystemFlags Flags, string? Keywords, DateTimeOffset? InternalDate);
