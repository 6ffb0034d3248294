namespace MailMesh.AdminApi;

/// <summary>What a service of the mesh could not process, in an error queue of the broker.</summary>
/// <param name="Id">Names it to the other verbs.</param>
/// <param name="Queue">The queue whose consumers failed.</param>
/// <param name="FailedAt">When; null where nothing says so.</param>
/// <param name="MessageType">The contract, such as MessageReceived; null where the octets are none.</param>
/// <param name="MessageId">The mail message that it is about, for mailmesh trace; null where it cannot be read.</param>
/// <param name="Fault">Why.</param>
/// <param name="SizeBytes">Octets of what is on the bus; a body is never there.</param>
public sealed record ErrorView(string Id, string Queue, DateTimeOffset? FailedAt, string? MessageType, string? MessageId, string Fault, long SizeBytes);

/// <summary>All of it.</summary>
/// <param name="Headers">Every header, the stack of the fault among them.</param>
/// <param name="Body">The message as it was published; cut at 4 MiB.</param>
/// <param name="BodyEncoding">utf-8, or base64 where it is no text.</param>
public sealed record ErrorDetails(ErrorView Error, IReadOnlyDictionary<string, string> Headers, string? ContentType, string Body, string BodyEncoding);

/// <summary>What an operator's verb did.</summary>
/// <param name="Changed">Messages handed on, or removed.</param>
/// <param name="Refused">Messages that could not be handed on, since the queue that they came from is not there; they stay.</param>
public sealed record ErrorsChange(string Verb, long Changed, long Refused);
