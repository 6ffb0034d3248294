using MailMesh.Database;

namespace MailMesh.Tracking;

/// <summary>Each message's story, one line an event; lines gather and are written in groups.</summary>
public sealed class TrackingLog(MailDatabase database, TimeProvider clock) : IAsyncDisposable
{
    private readonly MailDatabase _database = database;
    private readonly TimeProvider _clock = clock;

    /// <summary>Adds a line; returns at once. Lines that cannot be written wait, bounded, and the loss of any is counted and logged.</summary>
    public void Record(TrackingEvent line) => throw new NotImplementedException(line.Event + _database + _clock);

    /// <summary>Completes when every line recorded so far is durable; the spool forgets a message only after.</summary>
    public Task FlushAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The story of one message, in order.</summary>
    public Task<IReadOnlyList<TrackingEvent>> ReadAsync(string messageId) => throw new NotImplementedException(messageId);

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>One line of a message's story.</summary>
public sealed record TrackingEvent
{
    public required string MessageId { get; init; }

    /// <summary>Set by the log where it is default.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>ingress, filtering, storage, relay or access.</summary>
    public required string Service { get; init; }

    /// <summary>received, refused, verdict, routed, delivered, queued, attempt, relayed, deferred, bounced, read.</summary>
    public required string Event { get; init; }

    public string? Recipient { get; init; }

    /// <summary>Facts of the event, in the order in which a reader wants them.</summary>
    public IReadOnlyDictionary<string, string> Detail { get; init; } = new Dictionary<string, string>();
}
