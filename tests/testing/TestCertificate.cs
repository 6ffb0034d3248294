using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Testing;

/// <summary>A certificate as an ACME client gets it: with a key, and with the certificate of the authority that signed it.</summary>
public sealed class TestCertificate
{
    private static readonly ECDsa AuthorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static readonly X509Certificate2 Authority = MakeAuthority();

    private TestCertificate(X509Certificate2 own, string key)
    {
        Own = own.ExportCertificatePem() + "\n";
        Key = key + "\n";
        Thumbprint = own.Thumbprint;
    }

    /// <summary>PEM of the certificate alone.</summary>
    public string Own { get; }

    /// <summary>PEM of the certificate and its chain.</summary>
    public string FullChain => $"{Own}{Chain}";

    /// <summary>PEM of the authority's certificate.</summary>
    public static string Chain => Authority.ExportCertificatePem() + "\n";

    /// <summary>PEM of the key.</summary>
    public string Key { get; }

    public string Thumbprint { get; }

    /// <summary>A certificate with an ECDSA key.</summary>
    /// <param name="names">DNS names of the subjectAltName.</param>
    public static TestCertificate For(params string[] names) => For(TimeSpan.FromDays(90), names);

    /// <param name="valid">From now; negative for one that has expired.</param>
    public static TestCertificate For(TimeSpan valid, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        return new TestCertificate(Sign(request, valid, names), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>One with an RSA key, as PKCS #1 has it.</summary>
    public static TestCertificate WithRsa(params string[] names)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return new TestCertificate(Sign(request, TimeSpan.FromDays(90), names), key.ExportRSAPrivateKeyPem());
    }

    /// <summary>Writes certificate with chain, and key, for their owner alone.</summary>
    public void Write(string certificateFile, string keyFile)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(certificateFile)!);
        File.WriteAllText(certificateFile, FullChain);
        WriteKey(keyFile);
    }

    public void WriteKey(string keyFile)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(keyFile)!);
        File.WriteAllText(keyFile, Key);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(keyFile, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static X509Certificate2 Sign(CertificateRequest request, TimeSpan valid, string[] names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
            alternatives.AddDnsName(name);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, false));
        var until = DateTimeOffset.UtcNow + valid;
        var from = Earlier(until, DateTimeOffset.UtcNow).AddDays(-1);
        return request.Create(Authority.SubjectName, X509SignatureGenerator.CreateForECDsa(AuthorityKey), from, until, RandomNumberGenerator.GetBytes(12));
    }

    private static DateTimeOffset Earlier(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;

    /// <summary>An intermediate one, as every public authority signs by: its root is in no chain.</summary>
    private static X509Certificate2 MakeAuthority()
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var root = new X500DistinguishedName("CN=Test Root");
        var request = new CertificateRequest("CN=Test Authority", AuthorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.Create(root, X509SignatureGenerator.CreateForECDsa(rootKey), DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(10), RandomNumberGenerator.GetBytes(12));
    }
}
