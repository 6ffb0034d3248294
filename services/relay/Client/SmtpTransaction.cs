namespace MailMesh.Relay.Client;

/// <summary>One message for recipients of one server.</summary>
internal sealed record SmtpTransaction
{
    /// <summary>RFC 5321 §4.5.3.1.8: every server takes this many recipients.</summary>
    public const int MaxRecipients = 100;

    /// <summary>Without angle brackets; empty for the null reverse-path.</summary>
    public required string ReversePath { get; init; }

    public required IReadOnlyList<string> Recipients { get; init; }

    /// <summary>Header fields before the body's first octet.</summary>
    public required ReadOnlyMemory<byte> HeaderPrefix { get; init; }

    /// <summary>Octets of prefix and body together.</summary>
    public required long SizeBytes { get; init; }

    /// <summary>RFC 6152: the sender declared 8-bit content. To a server without 8BITMIME it goes out as it is, as from other MTAs: DKIM survives.</summary>
    public bool EightBitMime { get; init; }

    /// <summary>RFC 6531: the message cannot go without SMTPUTF8.</summary>
    public bool Smtputf8 { get; init; }

    /// <summary>Opens the body at its first octet.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenBody { get; init; }
}
