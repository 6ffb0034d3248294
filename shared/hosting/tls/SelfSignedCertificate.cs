using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting.Tls;

/// <summary>The certificate of a server that has been given none yet, made once and kept in the data folder.</summary>
internal static class SelfSignedCertificate
{
    public static LoadedCertificate Of(MailMeshOptions options)
    {
        var certificateFile = Path.Combine(options.Data, "certificate.pem");
        var keyFile = Path.Combine(options.Data, "certificate.key");
        DataFolder.MakeOnce(options.Data, () => File.Exists(certificateFile) && File.Exists(keyFile), () => Make(options.Hostname, certificateFile, keyFile));
        var certificate = PemFile.Read(certificateFile);
        return LoadedCertificate.From(certificate, certificate.Certificates[0], PemFile.Read(keyFile));
    }

    private static void Make(string hostname, string certificateFile, string keyFile)
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
