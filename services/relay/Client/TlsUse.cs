namespace MailMesh.Relay.Client;

/// <summary>How a session uses TLS.</summary>
internal enum TlsUse
{
    /// <summary>STARTTLS where it is announced; the certificate is not judged: in clear would be no safer (RFC 7435).</summary>
    Opportunistic,

    /// <summary>In clear, since a handshake with this server has just failed.</summary>
    Never,

    /// <summary>STARTTLS or nothing, with a certificate that is valid for the host.</summary>
    Verified,

    /// <summary>TLS from the first octet (RFC 8314 §3.3), with a certificate that is valid for the host.</summary>
    Implicit,
}
