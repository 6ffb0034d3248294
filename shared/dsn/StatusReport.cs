namespace MailMesh.Dsn;

/// <summary>What a sender is to be told about the recipients of one message.</summary>
public sealed record StatusReport
{
    /// <summary>The message reported on: its trace id.</summary>
    public required string MessageId { get; init; }

    /// <summary>Who is told; nobody when it is empty (RFC 5321 §4.5.5).</summary>
    public required string ReversePath { get; init; }

    /// <summary>Blob of the message, of which the header, or all, goes into the report.</summary>
    public required string Body { get; init; }

    /// <summary>Header fields that stand before the blob's first octet, each ended by CRLF; may be empty.</summary>
    public string HeaderPrefix { get; init; } = "";

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>RFC 3461 RET: FULL wants the whole message back with a failure; null where the sender gave none.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>RFC 3461 ENVID in xtext: Original-Envelope-Id.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RFC 8689: the message goes over TLS that is verified alone, and so does the report.</summary>
    public bool RequireTls { get; init; }

    /// <summary>RFC 6710: of the message, and of the report.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 2852: Deliver-By-Date.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    public required IReadOnlyList<RecipientStatus> Recipients { get; init; }
}
