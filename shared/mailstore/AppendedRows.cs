namespace MailMesh.Mailstore;

/// <summary>Appended messages as they are in the mailbox, and the mailbox after them.</summary>
internal sealed record AppendedRows(MailboxAdvance Mailbox, IReadOnlyList<MailboxMessage> Messages);
