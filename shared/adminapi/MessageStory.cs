namespace MailMesh.AdminApi;

/// <summary>Promise 3: everything that happened to one message, in order.</summary>
public sealed record MessageStory(string MessageId, IReadOnlyList<StoryEvent> Events);

/// <summary>One step of a message.</summary>
/// <param name="Service">ingress, filtering, storage, relay or access.</param>
/// <param name="Event">received, refused, verdict, routed, delivered, queued, attempt, relayed, deferred, bounced or read.</param>
/// <param name="Detail">Facts, in the order in which a reader wants them.</param>
public sealed record StoryEvent(DateTimeOffset At, string Service, string Event, string? Recipient, IReadOnlyDictionary<string, string> Detail);

/// <summary>A message that a search found: its first step that matched.</summary>
public sealed record FoundMessage(string MessageId, DateTimeOffset At, string Service, string Event, string? Recipient, IReadOnlyDictionary<string, string> Detail);
