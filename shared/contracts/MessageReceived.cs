namespace MailMesh.Contracts;

/// <summary>A message whose body is durable in the blob store and which waits for its verdict.</summary>
/// <remarks>
/// Published by ingress for mail from outside and from users, and by relay for the delivery status notifications
/// it writes. The body never travels on the bus: <see cref="Body"/> refers to it.
/// </remarks>
public sealed record MessageReceived
{
    /// <summary>The newest version that this program knows; see <see cref="ContractVersion"/>.</summary>
    public const int KnownVersion = 1;

    /// <summary>The least version whose meaning a reader must know; 1 where the field is missing.</summary>
    public int Version { get; init => field = ContractVersion.OrFirst(value); } = ContractVersion.First;

    /// <summary>The 32 hex digits of the trace id: the id of this message everywhere, in the 250 reply too.</summary>
    public required string MessageId { get; init; }

    /// <summary>W3C traceparent of the span that received the message; the parent of every later span.</summary>
    public string? TraceParent { get; init; }

    public required Envelope Envelope { get; init; }

    /// <summary>Reference into the blob store; opaque outside the blob library.</summary>
    public required string Body { get; init; }

    /// <summary>Octets of the message as stored in the blob, our Received field included.</summary>
    public required long SizeBytes { get; init; }

    public required ConnectionEvidence Connection { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    /// <summary>Where the SMTP session waits for the <see cref="MessageVerdict"/>; null when nobody waits.</summary>
    public Uri? VerdictTo { get; init; }

    /// <summary>Past this moment the session has answered 250 and a refusal is no longer possible.</summary>
    public DateTimeOffset VerdictBefore { get; init; }
}

/// <summary>RFC 5321 §2.3.1: the envelope, as the SMTP session took it.</summary>
public sealed record Envelope
{
    /// <summary>The address of MAIL FROM without angle brackets; empty for the null reverse-path.</summary>
    public required string ReversePath { get; init; }

    /// <summary>The addresses of RCPT TO, in their order, without duplicates.</summary>
    public required IReadOnlyList<string> ForwardPaths { get; init; }

    /// <summary>RFC 6531: the client asked for SMTPUTF8.</summary>
    public bool Smtputf8 { get; init; }

    /// <summary>RFC 6152: the client declared BODY=8BITMIME.</summary>
    public bool EightBitMime { get; init; }

    /// <summary>RFC 3030: the client declared BODY=BINARYMIME; lines and octets of the body are any.</summary>
    public bool BinaryMime { get; init; }

    /// <summary>RFC 3461 RET: FULL or HDRS; null where the client gave none.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>RFC 3461 ENVID, in xtext as it was given; null where the client gave none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>What RCPT said beyond the address; recipients of whom it said nothing are not here.</summary>
    public IReadOnlyList<RecipientRequest> Requests { get; init => field = value ?? []; } = [];

    /// <summary>RFC 6710 MT-PRIORITY, from -9 to 9.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 8689: REQUIRETLS was asked for.</summary>
    public bool RequireTls { get; init; }

    /// <summary>RFC 2852: the moment that BY meant; null where the client gave none.</summary>
    public DateTimeOffset? DeliverBy { get; init; }

    /// <summary>RFC 2852 by-mode and by-trace: N, R, NT or RT; null without <see cref="DeliverBy"/>.</summary>
    public string? DeliverByMode { get; init; }
}

/// <summary>RFC 3461 §4: the parameters of one RCPT.</summary>
public sealed record RecipientRequest
{
    /// <summary>One of <see cref="Envelope.ForwardPaths"/>.</summary>
    public required string ForwardPath { get; init; }

    /// <summary>NOTIFY in upper case, as in 'SUCCESS,FAILURE' or 'NEVER'; null where the client gave none.</summary>
    public string? Notify { get; init; }

    /// <summary>ORCPT as it was given, 'rfc822;' and xtext; null where the client gave none.</summary>
    public string? OriginalRecipient { get; init; }
}

/// <summary>What the SMTP session knew about its client.</summary>
public sealed record ConnectionEvidence
{
    /// <summary>Client address in its usual text form; empty for mail that MailMesh itself wrote.</summary>
    public required string RemoteAddress { get; init; }

    public required string Helo { get; init; }

    /// <summary>Name of the client by DNS, confirmed forwards and backwards; null where it has none.</summary>
    public string? RemoteName { get; init; }

    /// <summary>smtp, submission, submissions, lmtp or pickup; relay for a delivery status notification.</summary>
    public required string Listener { get; init; }

    /// <summary>The account that authenticated, if one did.</summary>
    public string? AuthenticatedAs { get; init; }

    /// <summary>Protocol and cipher, as in 'TLSv1.3 TLS_AES_256_GCM_SHA384'; null in clear.</summary>
    public string? Tls { get; init; }

    /// <summary>The client's network may send to anybody without authentication.</summary>
    public bool IsRelayClient { get; init; }

    /// <summary>What the session's own checks found before the message came: lists, names, SPF.</summary>
    public IReadOnlyList<CheckResult> Checks { get; init => field = value ?? []; } = [];
}
