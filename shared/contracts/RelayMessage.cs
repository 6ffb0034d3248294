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
}

/// <summary>A recipient on another server.</summary>
public sealed record RemoteRecipient
{
    public required string Address { get; init; }

    /// <summary>The forward-path that led here, before aliases: Original-Recipient of a DSN.</summary>
    public required string ForwardPath { get; init; }
}
