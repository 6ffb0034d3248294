namespace MailMesh.Access.Pop3;

/// <summary>The store or the directory does not answer: a temporary failure, -ERR [SYS/TEMP].</summary>
internal sealed class MaildropUnavailableException(Exception cause) : Exception("The mailbox is not available.", cause);
