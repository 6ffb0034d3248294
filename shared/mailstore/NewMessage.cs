namespace MailMesh.Mailstore;

/// <summary>A message for APPEND.</summary>
/// <param name="InternalDate">Now where null.</param>
public sealed record NewMessage(string Blob, long Size, SystemFlags Flags, string? Keywords, DateTimeOffset? InternalDate)
{
    /// <summary>RFC 6855 §4: UTF-8 in its header is meant as such, which clients that do not know of it are not shown.</summary>
    public bool IsInternational { get; init; }
}
