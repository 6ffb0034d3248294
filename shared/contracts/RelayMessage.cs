namespace MailMesh.Contracts;

/// <summary>Command to relay: send a judged message on to other servers. Idempotent by (message id, recipient).</summary>
public sealed record RelayMessage
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    public required string MessageId { get; init; }

    public string? TraceParent { get; init; }

    public required string ReversePath { get; init; }

    public required IReadOnlyList<RemoteRecipient> Recipients { get; init; }

    public required string Body { get; init; }

    /// <summary>Octets of the blob alone.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Header fields that stand before the blob's first octet, each ended by CRLF.</summary>
    public required string HeaderPrefix { get; init; }

    public bool Smtputf8 { get; init; }

    public bool EightBitMime { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>RFC 3461 RET: FULL or HDRS; null where the sender gave none.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>RFC 3461 ENVID in xtext; null where the sender gave none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RFC 6710 MT-PRIORITY, from -9 to 9: what is higher is sent first.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 8689: only over TLS that is verified, to servers that promise the same.</summary>
    public bool RequireTls { get; init; }

    /// <summary>RFC 2852: the moment of BY; null where the sender gave none.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>RFC 2852 by-mode and by-trace: N, R, NT or RT; null without <see cref="DeliverBy"/>.</summary>
    public string? DeliverByMode { get; init; }
}

/// <summary>A recipient on another server.</summary>
public sealed record RemoteRecipient
{
    public required string Address { get; init; }

    /// <summary>The forward-path that led here, before aliases: Original-Recipient of a DSN.</summary>
    public required string ForwardPath { get; init; }

    /// <summary>RFC 3461 NOTIFY; null where the sender gave none.</summary>
    public string? Notify { get; init; }

    /// <summary>RFC 3461 ORCPT; null where the sender gave none.</summary>
    public string? OriginalRecipient { get; init; }
}
