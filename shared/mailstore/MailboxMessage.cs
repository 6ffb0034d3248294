namespace MailMesh.Mailstore;

/// <summary>A message as a mailbox lists it.</summary>
/// <param name="Keywords">Divided by one space; null for none.</param>
/// <param name="Size">RFC822.SIZE.</param>
public sealed record MailboxMessage(long Uid, long ModSeq, SystemFlags Flags, string? Keywords, DateTimeOffset InternalDate, long Size, long ContentId);
