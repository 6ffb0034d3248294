using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Testing;

/// <summary>An authority of a test's own, that issues certificates to clients.</summary>
public sealed class CertificateAuthority : IDisposable
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;

    public CertificateAuthority()
    {
        var request = new CertificateRequest("CN=Authority of a test", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-30), DateTimeOffset.UtcNow.AddDays(30));
    }

    /// <summary>The authority's certificate in a file, as the setting takes it.</summary>
    public string WritePem(string folder)
    {
        var path = Path.Combine(folder, "authority.pem");
        File.WriteAllText(path, _root.ExportCertificatePem());
        return path;
    }

    /// <param name="emails">rfc822Names of the certificate.</param>
    /// <param name="usage">The extended key usage.</param>
    /// <param name="daysLeft">Negative: expired.</param>
    public X509Certificate2 Issue(string[] emails, string usage = ClientAuthentication, int daysLeft = 10)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Client of a test", key, HashAlgorithmName.SHA256);
        if (emails.Length > 0)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName("laptop.example");
            foreach (var email in emails)
                names.AddEmailAddress(email);
            request.CertificateExtensions.Add(names.Build());
        }
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], critical: false));
        using var issued = request.Create(_root, DateTimeOffset.UtcNow.AddDays(-20), DateTimeOffset.UtcNow.AddDays(daysLeft), RandomNumberGenerator.GetBytes(8));
        using var whole = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(whole.Export(X509ContentType.Pfx), null);
    }

    public void Dispose()
    {
        _root.Dispose();
        _key.Dispose();
    }
}
