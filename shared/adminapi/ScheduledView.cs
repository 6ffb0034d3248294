namespace MailMesh.AdminApi;

/// <summary>A submitted message that waits for its moment.</summary>
/// <param name="Account">Who sent it; null where the account is gone.</param>
/// <param name="To">Its recipients, divided by blanks; the first twenty.</param>
/// <param name="Bytes">Size, octets.</param>
public sealed record ScheduledView(
    string MessageId, string? Account, string From, string To, string? Subject, DateTimeOffset ReleaseAt, DateTimeOffset HeldAt, long Bytes);

/// <summary>What was done to a scheduled message: cancelled, or sent.</summary>
public sealed record ScheduledChange(string MessageId, string Done);
