namespace MailMesh.Mailstore;

public sealed record AppendedMessage(long UidValidity, long Uid);
