using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting.Tls;

/// <summary>The files that the settings name, and what can be made of them: each key with the certificate that is its own, wherever the two lie.</summary>
internal sealed class CertificateFiles(MailMeshOptions options)
{
    /// <summary>Changes when a file does.</summary>
    public string Fingerprint() => string.Join('\n', Paths(out _).Select(path =>
    {
        try
        {
            // Of the file behind the link: certbot and Kubernetes swap links.
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return $"{path} {File.GetLastWriteTimeUtc(file).Ticks} {RandomAccess.GetLength(file)}";
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{path} {failure.GetType().Name}";
        }
    }));

    /// <summary>Reads them all.</summary>
    /// <param name="inUse">A pair of these that cannot be made anew, while its files are still there, stays; one that did not change is taken over.</param>
    public CertificateReading Read(IReadOnlyList<LoadedCertificate> inUse)
    {
        var faults = new List<string>();
        var paths = Paths(out var folderIsAway);
        if (folderIsAway)
            faults.Add($"{options.TlsFolder} cannot be read");
        var files = ReadFiles(paths, faults);
        var found = Match(files, inUse, faults);
        foreach (var old in inUse)
        {
            var isReplaced = found.Exists(certificate => certificate.Content == old.Content || certificate.KeyFile == old.KeyFile);
            if (!isReplaced && (folderIsAway || File.Exists(old.KeyFile) || File.Exists(old.CertificateFile)))
                found.Add(old);
        }
        // The configured pair first: it is the default where none names the host.
        found.Sort((a, b) => (a.CertificateFile != options.TlsCertificate, a.CertificateFile).CompareTo((b.CertificateFile != options.TlsCertificate, b.CertificateFile)));
        return new CertificateReading(found, faults, [.. found.Select(certificate => certificate.KeyFile).Where(IsExposed)]);
    }

    private List<string> Paths(out bool folderIsAway)
    {
        List<string> paths = [.. new[] { options.TlsCertificate, options.TlsKey }.OfType<string>()];
        folderIsAway = false;
        if (options.TlsFolder is not { } folder)
            return paths;
        try
        {
            paths.AddRange(CertificateFolder.Files(folder).Except(paths));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            folderIsAway = true;
        }
        return paths;
    }

    private static List<PemFile> ReadFiles(List<string> paths, List<string> faults)
    {
        var files = new List<PemFile>();
        foreach (var path in paths)
        {
            try
            {
                files.Add(PemFile.Read(path));
            }
            catch (PemFileException fault)
            {
                faults.Add(fault.Message);
            }
        }
        return files;
    }

    private List<LoadedCertificate> Match(List<PemFile> files, IReadOnlyList<LoadedCertificate> inUse, List<string> faults)
    {
        var keys = files.Where(file => file.KeyId is not null).DistinctBy(file => file.KeyId).ToDictionary(file => file.KeyId!);
        var best = new Dictionary<string, FoundPair>();
        foreach (var pair in files.SelectMany(file => Pairs(file, keys)))
        {
            // One key may serve several certificates; of one certificate there may be several files, and the one that it renewed.
            if (!best.TryGetValue(pair.Purpose, out var other) || pair.IsBetterThan(other))
                best[pair.Purpose] = pair;
        }
        foreach (var key in keys.Values.Where(key => best.Values.All(pair => pair.Key != key) && IsExpectedToServe(key, files, inUse)))
            faults.Add($"{key.Path} is the key of no certificate here");
        return [.. best.Values.Select(pair => TakeOver(LoadedCertificate.From(pair.File, pair.Own, pair.Key), inUse))];
    }

    private static IEnumerable<FoundPair> Pairs(PemFile file, Dictionary<string, PemFile> keys) =>
        from own in file.Certificates
        where keys.ContainsKey(PemFile.KeyIdOf(own.PublicKey))
        select new FoundPair(file, own, keys[PemFile.KeyIdOf(own.PublicKey)]);

    private static LoadedCertificate TakeOver(LoadedCertificate found, IReadOnlyList<LoadedCertificate> inUse) =>
        inUse.FirstOrDefault(old => old.Content == found.Content && old.KeyFile == found.KeyFile && old.CertificateFile == found.CertificateFile) ?? found;

    /// <summary>The keys of an ACME client's accounts lie in folders without certificates, and nobody misses one for them.</summary>
    private bool IsExpectedToServe(PemFile key, List<PemFile> files, IReadOnlyList<LoadedCertificate> inUse) =>
        key.Path == (options.TlsKey ?? options.TlsCertificate)
        || inUse.Any(certificate => certificate.KeyFile == key.Path)
        || files.Exists(file => file.Certificates.Count > 0 && Path.GetDirectoryName(file.Path) == Path.GetDirectoryName(key.Path));

    private static bool IsExposed(string keyFile)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            using var file = File.OpenHandle(keyFile);
            return File.GetUnixFileMode(file).HasFlag(UnixFileMode.OtherRead);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed record FoundPair(PemFile File, X509Certificate2 Own, PemFile Key)
    {
        public string Purpose { get; } = $"{Key.KeyId} {Own.Subject} {LoadedCertificate.AlternativeNamesOf(Own)}";

        /// <summary>fullchain.pem lies beside cert.pem, which has no chain.</summary>
        public bool IsBetterThan(FoundPair other) =>
            Own.NotAfter != other.Own.NotAfter ? Own.NotAfter > other.Own.NotAfter : File.Certificates.Count > other.File.Certificates.Count;
    }
}

/// <summary>What the files gave.</summary>
/// <param name="Certificates">To be shown from now on.</param>
/// <param name="Faults">Files that gave nothing, each with its reason.</param>
/// <param name="ExposedKeys">Files of keys that every user of the machine may read.</param>
internal sealed record CertificateReading(IReadOnlyList<LoadedCertificate> Certificates, IReadOnlyList<string> Faults, IReadOnlyList<string> ExposedKeys);
