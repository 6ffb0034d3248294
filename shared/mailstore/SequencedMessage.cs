namespace MailMesh.Mailstore;

/// <summary>A message and its sequence number in one snapshot.</summary>
public readonly record struct SequencedMessage(int Sequence, MailboxMessage Message);
