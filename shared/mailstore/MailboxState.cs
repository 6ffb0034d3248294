namespace MailMesh.Mailstore;

/// <summary>A mailbox and its messages in UID order.</summary>
public sealed record MailboxState(MailboxInfo Mailbox, IReadOnlyList<MailboxMessage> Messages);
