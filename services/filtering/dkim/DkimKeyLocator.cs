using MailMesh.Dns;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;

namespace MailMesh.Filtering.Dkim;

/// <summary>RFC 6376 §3.6: keys from DNS, for one signature at a time.</summary>
internal sealed class DkimKeyLocator(IDnsResolver dns) : DkimPublicKeyLocatorBase
{
    /// <summary>RFC 8301 §3.2: verifiers take no RSA key below 1024 bits.</summary>
    private const int MinRsaBits = 1024;

    /// <exception cref="DnsException">DNS gave no answer: temperror.</exception>
    /// <exception cref="DkimKeyException">The key cannot be used.</exception>
    public override async Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken)
    {
        var name = $"{selector}._domainkey.{domain}";
        var records = await dns.TxtAsync(name, cancellationToken);
        // §3.6.2.2: of several records the result is undefined; the first that has a key serves.
        var record = records.FirstOrDefault(text => text.Contains("p=", StringComparison.Ordinal))
            ?? throw new DkimKeyException("permerror", $"no key at {name}");
        var tags = DkimTags.Parse(record);
        if (tags["v"] is { } version && version != "DKIM1")
            throw new DkimKeyException("permerror", $"a key of version {version} at {name}");
        if (string.IsNullOrEmpty(tags["p"]))
            throw new DkimKeyException("permerror", $"the key at {name} is revoked");
        if (tags["s"] is { } services && !services.Split(':').Any(s => s is "*" or "email"))
            throw new DkimKeyException("permerror", $"the key at {name} is not for mail");
        if (tags["h"] is { } hashes && !hashes.Split(':').Contains("sha256"))
            throw new DkimKeyException("permerror", $"the key at {name} is not for SHA-256");
        return Read(record, name);
    }

    public override AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("keys are located asynchronously");

    private static AsymmetricKeyParameter Read(string record, string name)
    {
        AsymmetricKeyParameter key;
        try
        {
            key = GetPublicKey(record);
        }
        catch (Exception failure) when (failure is not OutOfMemoryException)
        {
            throw new DkimKeyException("permerror", $"the key at {name} cannot be read: {failure.Message}");
        }
        return key is RsaKeyParameters { Modulus.BitLength: < MinRsaBits } rsa
            ? throw new DkimKeyException("policy", $"the key at {name} has {rsa.Modulus.BitLength} bits, at least {MinRsaBits}")
            : key;
    }
}
