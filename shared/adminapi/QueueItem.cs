namespace MailMesh.AdminApi;

/// <summary>One remote recipient of one message that waits for the next hop.</summary>
/// <param name="State">waiting, sending, held, or failed: given up, and the notice to the sender is on its way.</param>
/// <param name="NextAttemptAt">When it is due.</param>
/// <param name="LastOutcome">Host and reply, or failure, of the last attempt.</param>
public sealed record QueueItem(
    long Id,
    string MessageId,
    string ReversePath,
    string Recipient,
    string State,
    int Attempts,
    DateTimeOffset ReceivedAt,
    DateTimeOffset NextAttemptAt,
    string? LastOutcome,
    long SizeBytes)
{
    /// <summary>RFC 6710, from -9 to 9: the higher goes first.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 2852: the moment past which the message comes back (by-mode R) or its sender is told; null where none was asked for.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>RFC 8689: goes over TLS alone.</summary>
    public bool RequireTls { get; init; }
}

/// <summary>What an operator's verb did.</summary>
/// <param name="Changed">Queue entries that it changed.</param>
public sealed record QueueChange(string Verb, long Changed);
