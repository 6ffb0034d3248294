using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting;

/// <summary>The authorities whose certificates name our users. Where there are some, a listener of users asks its clients for a certificate, which they may lack.</summary>
public sealed class ClientAuthorities
{
    /// <summary>RFC 5280 §4.2.1.12: id-kp-clientAuth.</summary>
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    private readonly X509Certificate2Collection _roots = [];

    /// <exception cref="SettingException">The file cannot be read, or has no certificate.</exception>
    public ClientAuthorities(MailMeshOptions options)
    {
        if (options.TlsClientAuthorities is not { } file)
            return;
        try
        {
            _roots.ImportFromPemFile(file);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new SettingException("Tls:ClientAuthorities", file, $"a PEM file of certificates: {failure.Message}");
        }
        if (_roots.Count == 0)
            throw new SettingException("Tls:ClientAuthorities", file, "a PEM file with at least one certificate");
    }

    /// <summary>The options of a handshake, with the question for a certificate where there are authorities.</summary>
    public SslServerAuthenticationOptions Ask(SslServerAuthenticationOptions options)
    {
        if (_roots.Count == 0)
            return options;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = options.ServerCertificateContext,
            ServerCertificateSelectionCallback = options.ServerCertificateSelectionCallback,
            EnabledSslProtocols = options.EnabledSslProtocols,
            ApplicationProtocols = options.ApplicationProtocols,
            CipherSuitesPolicy = options.CipherSuitesPolicy,
            ClientCertificateRequired = true, // asked for; the connection decides what to make of none
            AllowTlsResume = false, // each session shows its certificate anew
            CertificateChainPolicy = Policy(), // a handshake adds what its client sent: never shared
        };
    }

    private X509ChainPolicy Policy()
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // no stranger's certificate makes us fetch a URL
        };
        policy.CustomTrustStore.AddRange(_roots);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }
}
