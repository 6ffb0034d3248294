namespace MailMesh.Database;

/// <summary>The idempotence key of a command's effect: a delivery, or a queue row. Kept for days past the message's settlement.</summary>
public sealed class Delivery
{
    public required string MessageId { get; set; }

    public required string Recipient { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>Standalone's truth between 250 and settlement.</summary>
public sealed class SpoolEntry
{
    public required string MessageId { get; set; }

    /// <summary>The <c>MessageReceived</c> contract as JSON.</summary>
    public required string Payload { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }
}

/// <summary>In the mesh: what was claimed of a message first, by the session that took it or by filtering; whoever comes later keeps to it.</summary>
public sealed class Claim
{
    public required string MessageId { get; set; }

    /// <summary>As shared/spool names them: 1 accepted, 2 refused, 3 withdrawn (its client was told to try again: it must reach nobody).</summary>
    public int Kind { get; set; }

    /// <summary>SMTP reply code of a refusal.</summary>
    public int ReplyCode { get; set; }

    /// <summary>RFC 3463 code of a refusal.</summary>
    public string? EnhancedStatus { get; set; }

    /// <summary>Text of a refusal.</summary>
    public string? ReplyText { get; set; }

    public DateTimeOffset At { get; set; }
}

/// <summary>One remote recipient of one message, until a remote server takes it or it bounces.</summary>
public sealed class QueueEntry
{
    public long Id { get; init; }

    public required string MessageId { get; set; }

    public string? TraceParent { get; set; }

    public required string ReversePath { get; set; }

    public required string Recipient { get; set; }

    /// <summary>The forward-path before aliases.</summary>
    public required string ForwardPath { get; set; }

    /// <summary>Lower-case domain of the recipient: messages for one domain share connections.</summary>
    public required string Domain { get; set; }

    public required string Blob { get; set; }

    /// <summary>Octets of the blob alone.</summary>
    public long BlobSize { get; set; }

    public required byte[] HeaderPrefix { get; set; }

    public bool Smtputf8 { get; set; }

    public bool EightBitMime { get; set; }

    /// <summary>As shared/outbound names them: 0 deferred (due at NextAttemptAt), 1 leased, 2 held, 3 failed (its notification is still to be sent).</summary>
    public int State { get; set; }

    public int Attempts { get; set; }

    public DateTimeOffset NextAttemptAt { get; set; }

    /// <summary>A leased row whose lease has ended is due again: its relay died.</summary>
    public DateTimeOffset LeasedUntil { get; set; }

    /// <summary>The copy that leased the row last: only its word on the row counts, even when it comes late.</summary>
    public string? LeaseOwner { get; set; }

    /// <summary>The last attempt's outcome for a reader: host, and reply or failure.</summary>
    public string? LastOutcome { get; set; }

    /// <summary>RFC 3463 code of the last attempt.</summary>
    public string? LastStatus { get; set; }

    /// <summary>The host of the last attempt.</summary>
    public string? LastHost { get; set; }

    public DateTimeOffset LastAttemptAt { get; set; }

    /// <summary>Message id of the notification that reports a failed row; rows that share it share the notification.</summary>
    public string? Notification { get; set; }

    /// <summary>A delay warning has been sent.</summary>
    public bool Warned { get; set; }

    public DateTimeOffset ReceivedAt { get; set; }

    /// <summary>RFC 3461 NOTIFY, as in 'SUCCESS,FAILURE' or 'NEVER'; null where the sender gave none.</summary>
    public string? Notify { get; set; }

    /// <summary>RFC 3461 ORCPT as it was given, 'rfc822;' and xtext; null where the sender gave none.</summary>
    public string? OriginalRecipient { get; set; }

    /// <summary>RFC 3461 RET: FULL or HDRS; null where the sender gave none.</summary>
    public string? DsnReturn { get; set; }

    /// <summary>RFC 3461 ENVID as it was given, in xtext; null where the sender gave none.</summary>
    public string? EnvelopeId { get; set; }

    /// <summary>RFC 6710, from -9 to 9: what is higher is sent first.</summary>
    public int Priority { get; set; }

    /// <summary>RFC 8689: only over TLS that is verified, to servers that promise the same.</summary>
    public bool RequireTls { get; set; }

    /// <summary>RFC 2852: the moment of BY; null where the sender gave none.</summary>
    public DateTimeOffset? DeliverBy { get; set; }

    /// <summary>RFC 2852 by-mode and by-trace: N, R, NT or RT.</summary>
    public string? DeliverByMode { get; set; }
}

/// <summary>RFC 4865: a submitted message that waits for its moment; then it goes its way as if it had just come.</summary>
public sealed class HeldMessage
{
    public required string MessageId { get; set; }

    public long AccountId { get; set; }

    public required string ReversePath { get; set; }

    /// <summary>Forward-paths, divided by blanks, for a reader.</summary>
    public required string Recipients { get; set; }

    public string? Subject { get; set; }

    public DateTimeOffset ReleaseAt { get; set; }

    /// <summary>The <c>MessageReceived</c> contract as JSON.</summary>
    public required string Payload { get; set; }

    public required string Blob { get; set; }

    public long SizeBytes { get; set; }

    public DateTimeOffset HeldAt { get; set; }
}

/// <summary>One line of a message's story.</summary>
public sealed class TrackingEntry
{
    public long Id { get; init; }

    public required string MessageId { get; set; }

    public DateTimeOffset At { get; set; }

    /// <summary>The service that did it.</summary>
    public required string Service { get; set; }

    /// <summary>What happened, such as received, verdict, delivered, relayed, deferred, bounced, read.</summary>
    public required string Event { get; set; }

    public string? Recipient { get; set; }

    /// <summary>Facts of the event as a JSON object.</summary>
    public required string Detail { get; set; }
}

/// <summary>Work that one copy of a service does at a time: until then it is its owner's.</summary>
public sealed class Lease
{
    public required string Name { get; set; }

    public required string Owner { get; set; }

    public DateTimeOffset Until { get; set; }
}
