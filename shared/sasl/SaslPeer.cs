using System.Net;

namespace MailMesh.Sasl;

/// <summary>What a session knows of its client when an exchange begins.</summary>
/// <param name="Address">What failed logins are counted by.</param>
/// <param name="ChannelBinding">RFC 5929 tls-server-end-point of its TLS; null without TLS, and where the binding is undefined.</param>
/// <param name="CertificateNames">The rfc822Names of its certificate, which one of our authorities issued; empty without one.</param>
public sealed record SaslPeer(IPAddress Address, byte[]? ChannelBinding, IReadOnlyList<string> CertificateNames)
{
    /// <summary>What a connection tells of its client.</summary>
    public static SaslPeer Of(Wire.WireConnection connection) => new(
        connection.Remote.Address,
        connection.ServerEndPoint,
        connection.PeerCertificate is { } certificate ? CertificateMail.NamesOf(certificate) : []);

    /// <summary>A peer that speaks for others ends their TLS itself: what binds its connection binds none of theirs.</summary>
    public SaslPeer BehindProxy() => this with { ChannelBinding = null, CertificateNames = [] };
}
