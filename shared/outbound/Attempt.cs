namespace MailMesh.Outbound;

/// <summary>What an attempt came to, for the row and for a report.</summary>
/// <param name="At">When.</param>
/// <param name="Status">RFC 3463 code, such as 4.4.1.</param>
/// <param name="Host">The server tried; null where it did not come to one.</param>
/// <param name="Outcome">The server's reply, or our finding in words; one line.</param>
public sealed record Attempt(DateTimeOffset At, string Status, string? Host, string Outcome);
