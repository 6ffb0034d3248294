namespace MailMesh.Tracking;

/// <summary>One line of a message's story.</summary>
public sealed record TrackingEvent
{
    public required string MessageId { get; init; }

    /// <summary>Set by the log where it is default.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>ingress, filtering, storage, relay or access.</summary>
    public required string Service { get; init; }

    /// <summary>received, refused, held, released, cancelled, verdict, routed, discarded, delivered, queued, attempt, relayed, deferred, bounced, failed, read.</summary>
    public required string Event { get; init; }

    public string? Recipient { get; init; }

    /// <summary>Facts of the event, in the order in which a reader wants them.</summary>
    public IReadOnlyDictionary<string, string> Detail { get; init; } = new Dictionary<string, string>();
}
