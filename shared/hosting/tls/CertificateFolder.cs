namespace MailMesh.Hosting.Tls;

/// <summary>
/// A folder that an ACME client, an orchestrator or an administrator keeps PEM files in, laid out as they like: certbot's live/NAME/fullchain.pem and
/// privkey.pem, NAME.crt and NAME.key of lego and Caddy, acme.sh's fullchain.cer and NAME.key, tls.crt and tls.key of a Kubernetes secret.
/// </summary>
internal static class CertificateFolder
{
    /// <summary>Caddy: certificates/AUTHORITY/NAME/NAME.crt.</summary>
    private const int MaxDepth = 4;

    /// <summary>A folder with more is not one of certificates.</summary>
    private const int MaxFiles = 20_000;

    private static readonly string[] Extensions = [".pem", ".crt", ".cer", ".cert", ".key"];

    /// <summary>The files that may hold a certificate or a key, in an order that stays.</summary>
    /// <exception cref="IOException">The folder is away.</exception>
    public static List<string> Files(string folder)
    {
        var files = new List<string>();
        Collect(folder, MaxDepth, files);
        files.Sort(StringComparer.Ordinal);
        return files;
    }

    private static void Collect(string folder, int depth, List<string> files)
    {
        foreach (var path in Directory.EnumerateFileSystemEntries(folder))
        {
            // Kubernetes keeps versions of a secret in '..data' and '..2026_…', and has links to the one that counts.
            var name = Path.GetFileName(path);
            if (files.Count >= MaxFiles || name.StartsWith('.'))
                continue;
            var isFolder = Directory.Exists(path);
            if (isFolder && depth > 0)
                CollectBelow(path, depth - 1, files);
            else if (!isFolder && Extensions.Contains(Path.GetExtension(name).ToLowerInvariant()))
                files.Add(path);
        }
    }

    private static void CollectBelow(string folder, int depth, List<string> files)
    {
        try
        {
            Collect(folder, depth, files);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // A folder of the ACME client's own, such as that of its accounts, or one that went this moment.
        }
    }
}
