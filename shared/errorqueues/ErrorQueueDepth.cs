namespace MailMesh.ErrorQueues;

/// <summary>How many messages one queue's consumers could not take.</summary>
public sealed record ErrorQueueDepth(string Queue, long Messages);
