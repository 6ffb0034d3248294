namespace MailMesh.Scheduled;

/// <summary>A held message, for its sender or an operator.</summary>
/// <param name="Account">Who sent it; null where the account is gone.</param>
/// <param name="Recipients">Forward-paths, divided by blanks.</param>
public sealed record ScheduledMessage(
    string MessageId, string? Account, string ReversePath, string Recipients, string? Subject, DateTimeOffset ReleaseAt, DateTimeOffset HeldAt, long SizeBytes);
