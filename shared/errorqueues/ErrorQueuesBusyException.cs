namespace MailMesh.ErrorQueues;

/// <summary>Somebody else works on the error queues: one at a time, so that none sees a message twice or misses one.</summary>
public sealed class ErrorQueuesBusyException(Exception cause) : Exception("Another operation on the error queues runs; try again when it is done.", cause);
