using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Wire;

/// <summary>RFC 5929 §4: the channel binding tls-server-end-point, which a client computes from the certificate that it was shown.</summary>
public static class ServerEndPointBinding
{
    /// <summary>The hash that the certificate's signature uses, SHA-256 in place of MD5 and SHA-1. Null where the signature names none (Ed25519) or hides it in parameters (RSASSA-PSS): the binding is undefined then.</summary>
    public static byte[]? Of(X509Certificate2 certificate) => certificate.SignatureAlgorithm.Value switch
    {
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => SHA256.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" => SHA256.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" => SHA384.HashData(certificate.RawDataMemory.Span),
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" => SHA512.HashData(certificate.RawDataMemory.Span),
        _ => null,
    };
}
