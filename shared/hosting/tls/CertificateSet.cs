namespace MailMesh.Hosting.Tls;

/// <summary>The certificates in use at one moment, by the names that they are shown for.</summary>
internal sealed class CertificateSet
{
    private readonly Dictionary<string, LoadedCertificate> _byName = [];

    /// <param name="certificates">At least one; the first is shown to who asks for none, unless one names the host.</param>
    public CertificateSet(IReadOnlyList<LoadedCertificate> certificates, string hostname)
    {
        foreach (var certificate in certificates)
        {
            foreach (var name in certificate.Names)
            {
                // A renewed one lies beside the one that it follows, where the ACME client keeps an archive.
                if (!_byName.TryGetValue(name, out var other) || other.Leaf.NotAfter < certificate.Leaf.NotAfter)
                    _byName[name] = certificate;
            }
        }
        All = certificates;
        Default = Find(hostname) ?? certificates[0];
        Shown = [Default, .. _byName.Values.Distinct().Where(certificate => certificate != Default)];
    }

    /// <summary>Those that were found, shown or not.</summary>
    public IReadOnlyList<LoadedCertificate> All { get; }

    /// <summary>For clients that name no server, or one that no certificate is for.</summary>
    public LoadedCertificate Default { get; }

    /// <summary>Those that a client can meet, the default first.</summary>
    public IReadOnlyList<LoadedCertificate> Shown { get; }

    /// <param name="serverName">RFC 6066 §3: as the client gave it; null or empty where it gave none.</param>
    public LoadedCertificate Choose(string? serverName) =>
        string.IsNullOrEmpty(serverName) ? Default : Find(serverName) ?? Default;

    private LoadedCertificate? Find(string serverName)
    {
        var name = serverName.TrimEnd('.').ToLowerInvariant();
        if (_byName.TryGetValue(name, out var exact))
            return exact;
        // RFC 9525 §6.3: '*' stands for the leftmost label, whole.
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue($"*{name[dot..]}", out var wildcard) ? wildcard : null;
    }
}
