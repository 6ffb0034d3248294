namespace MailMesh.Mailstore;

/// <param name="Recent">Messages that the next session to select the mailbox will see as \Recent.</param>
public sealed record MailboxStatus(MailboxInfo Mailbox, long Messages, long Unseen, long Deleted, long SizeBytes, long Recent);
