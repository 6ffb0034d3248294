namespace MailMesh.Relay.Client;

/// <summary>One message for recipients of one server.</summary>
internal sealed record SmtpTransaction
{
    /// <summary>RFC 5321 §4.5.3.1.8: every server takes this many recipients.</summary>
    public const int MaxRecipients = 100;

    /// <summary>Without angle brackets; empty for the null reverse-path.</summary>
    public required string ReversePath { get; init; }

    public required IReadOnlyList<SmtpRecipient> Recipients { get; init; }

    /// <summary>Header fields before the body's first octet.</summary>
    public required ReadOnlyMemory<byte> HeaderPrefix { get; init; }

    /// <summary>Octets of prefix and body together.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>RFC 6152: the sender declared 8-bit content. To a server without 8BITMIME it goes out as it is, as from other MTAs: DKIM survives.</summary>
    public bool EightBitMime { get; init; }

    /// <summary>RFC 6531: the message cannot go without SMTPUTF8.</summary>
    public bool Smtputf8 { get; init; }

    /// <summary>RFC 3461 RET: FULL or HDRS; null where the sender gave none.</summary>
    public string? DsnReturn { get; init; }

    /// <summary>RFC 3461 ENVID in xtext; null where the sender gave none.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>RFC 6710, from -9 to 9.</summary>
    public int Priority { get; init; }

    /// <summary>RFC 2852; null where the sender gave none.</summary>
    public DeliverBy? DeliverBy { get; init; }

    /// <summary>RFC 8689: only under TLS that is verified, to a server that announces REQUIRETLS.</summary>
    public bool RequireTls { get; init; }

    /// <summary>Opens the body at its first octet.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenBody { get; init; }
}
