namespace MailMesh.Contracts;

/// <summary>Command to storage: put a judged message into local mailboxes. Idempotent by (message id, recipient).</summary>
public sealed record DeliverMessage
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    public required string MessageId { get; init; }

    public string? TraceParent { get; init; }

    public required string ReversePath { get; init; }

    public required IReadOnlyList<LocalRecipient> Recipients { get; init; }

    public required string Body { get; init; }

    /// <summary>Octets of the blob alone.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>Header fields that stand before the blob's first octet, each ended by CRLF: Return-Path, Authentication-Results and so on.</summary>
    public required string HeaderPrefix { get; init; }

    /// <summary>True: into the Junk mailbox.</summary>
    public bool Junk { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>RFC 3461 RET: FULL or HDRS; null where the sender gave none.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>RFC 3461 ENVID in xtext; null where the sender gave none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RFC 6531: the client asked for SMTPUTF8, so that UTF-8 in the header is meant as such.</summary>
    public bool Smtputf8 { get; init; }

    /// <summary>RFC 8689: what is told of the message goes over TLS that is verified alone.</summary>
    public bool RequireTls { get; init; }
}

/// <summary>An account and the address by which the message reached it.</summary>
public sealed record LocalRecipient
{
    public required long AccountId { get; init; }

    /// <summary>The account's own address: the recipient half of the idempotence key.</summary>
    public required string Address { get; init; }

    /// <summary>The forward-path that led here, before aliases.</summary>
    public required string ForwardPath { get; init; }

    /// <summary>RFC 3461 NOTIFY; null where the sender gave none.</summary>
    public string? Notify { get; init; }

    /// <summary>RFC 3461 ORCPT; null where the sender gave none.</summary>
    public string? OriginalRecipient { get; init; }
}
