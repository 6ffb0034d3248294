namespace MailMesh.Outbound;

/// <summary>How many rows stand where.</summary>
/// <param name="OldestReceivedAt">When the oldest message of the queue came; null when the queue is empty.</param>
public sealed record QueueCounts(long Deferred, long Leased, long Held, long Failed, DateTimeOffset? OldestReceivedAt)
{
    public long Total => Deferred + Leased + Held + Failed;
}
