using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting;

/// <summary>The certificate of every TLS listener: the configured one, or a self-signed one kept in the data folder.</summary>
public sealed class ServerCertificate
{
    private readonly ClientAuthorities _clients;

    public ServerCertificate(MailMeshOptions options)
    {
        var (certificate, key) = options.TlsCertificate is { } configured
            ? (configured, options.TlsKey ?? configured)
            : SelfSigned(options);
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        // SslStream wants a key of the platform's own store; a PFX round trip gives one.
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pfx), null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(certificate);
        ServerOptions = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(leaf, chain, offline: true),
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        };
        Leaf = leaf;
        _clients = new ClientAuthorities(options);
    }

    public SslServerAuthenticationOptions ServerOptions { get; }

    /// <summary>For listeners of users: asks for a client certificate where its authorities are configured.</summary>
    public SslServerAuthenticationOptions UserOptions => _clients.Ask(ServerOptions);

    public X509Certificate2 Leaf { get; }

    private static (string Certificate, string Key) SelfSigned(MailMeshOptions options)
    {
        var certificateFile = Path.Combine(options.Data, "certificate.pem");
        var keyFile = Path.Combine(options.Data, "certificate.key");
        DataFolder.MakeOnce(options.Data, () => File.Exists(certificateFile) && File.Exists(keyFile), () => MakeSelfSigned(options.Hostname, certificateFile, keyFile));
        return (certificateFile, keyFile);
    }

    private static void MakeSelfSigned(string hostname, string certificateFile, string keyFile)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hostname}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostname);
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(5));
        File.Delete(certificateFile); // one whose key is lost
        SecretFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem());
        SecretFile.Write(certificateFile, certificate.ExportCertificatePem());
    }
}
