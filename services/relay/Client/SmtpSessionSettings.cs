using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Relay.Client;

/// <summary>How a session is opened.</summary>
internal sealed record SmtpSessionSettings
{
    /// <summary>RFC 5321 §4.1.1.1: our name in EHLO.</summary>
    public required string HeloName { get; init; }

    /// <summary>The server's name: for SNI, for its certificate, and in texts.</summary>
    public required string Host { get; init; }

    public TlsUse Tls { get; init; } = TlsUse.Opportunistic;

    /// <summary>Whose certificates are trusted; null: those that the machine trusts.</summary>
    public X509ChainPolicy? Trust { get; init; }

    public SmtpCredentials? Credentials { get; init; }

    /// <summary>The server is on this machine: credentials may go in clear.</summary>
    public bool Loopback { get; init; }

    public SmtpTimeouts Timeouts { get; init; } = new();

    public TimeProvider Clock { get; init; } = TimeProvider.System;
}
