using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting.Tls;

/// <summary>A certificate with its key and chain, ready to be shown to clients.</summary>
internal sealed class LoadedCertificate
{
    private LoadedCertificate(X509Certificate2 leaf, X509Certificate2Collection chain, string certificateFile, string keyFile)
    {
        Leaf = leaf;
        CertificateFile = certificateFile;
        KeyFile = keyFile;
        Content = ContentOf(leaf, chain);
        Names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names
            ? [.. names.EnumerateDnsNames().Select(name => name.TrimEnd('.').ToLowerInvariant()).Distinct()]
            : [];
        Options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // RFC 8996
        };
    }

    public X509Certificate2 Leaf { get; }

    /// <summary>RFC 9525 §2: the DNS names of the subjectAltName, in lower case; the common name is none.</summary>
    public IReadOnlyList<string> Names { get; }

    public string CertificateFile { get; }

    public string KeyFile { get; }

    /// <summary>Equal for the same certificate and chain.</summary>
    public string Content { get; }

    /// <summary>For every handshake that shows this certificate: what clients resume lives with it.</summary>
    public SslServerAuthenticationOptions Options { get; }

    /// <summary>As logs and metrics name it.</summary>
    public string Name => Names.Count > 0 ? Names[0] : Leaf.Subject;

    public bool IsSelfSigned => Leaf.Subject == Leaf.Issuer;

    /// <param name="file">Has the certificate, and its chain.</param>
    /// <param name="own">The one in <paramref name="file"/> that belongs to the key.</param>
    /// <param name="key">Has the key.</param>
    public static LoadedCertificate From(PemFile file, X509Certificate2 own, PemFile key)
    {
        var chain = new X509Certificate2Collection(file.Certificates.Where(other => !ReferenceEquals(other, own)).ToArray());
        return new LoadedCertificate(WithKey(own, key.Key!), chain, file.Path, key.Path);
    }

    /// <summary>Equal for a certificate and the one that renews it.</summary>
    public static string AlternativeNamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault() is { } names ? Convert.ToHexString(names.RawData) : "";

    private static X509Certificate2 WithKey(X509Certificate2 own, string key)
    {
        var leaf = X509Certificate2.CreateFromPem(own.ExportCertificatePem(), key);
        if (!OperatingSystem.IsWindows())
            return leaf;
        // SslStream wants a key of the platform's own store there; a PFX round trip gives one.
        using (leaf)
            return X509CertificateLoader.LoadPkcs12(leaf.Export(X509ContentType.Pfx), null);
    }

    private static string ContentOf(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(leaf.RawData);
        foreach (var certificate in chain)
            hash.AppendData(certificate.RawData);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
