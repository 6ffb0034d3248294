using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MailMesh.Hosting.Tls;

/// <summary>RFC 7468: the certificates and the key that one file holds. No record: its ToString would show the key.</summary>
internal sealed class PemFile
{
    /// <summary>More than any chain takes.</summary>
    private const int MaxBytes = 1 << 20;

    private const string Begin = "-----BEGIN ";

    private PemFile(string path) => Path = path;

    public string Path { get; }

    public List<X509Certificate2> Certificates { get; } = [];

    /// <summary>The key as PEM; null where the file has none.</summary>
    public string? Key { get; private set; }

    /// <summary>What names the key's public half, the same for the key and for its certificate; null where the file has no key.</summary>
    public string? KeyId { get; private set; }

    /// <exception cref="PemFileException">The file cannot be read, or is not what it begins as: one that is being written, for instance.</exception>
    public static PemFile Read(string path)
    {
        var file = new PemFile(path);
        try
        {
            if (new FileInfo(path).Length > MaxBytes)
                throw new PemFileException(path, "is too large for certificates and keys");
            file.Take(File.ReadAllText(path));
            return file;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new PemFileException(path, failure is UnauthorizedAccessException ? "may not be read by the server's user" : "cannot be read");
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            // Not the exception's own words: nothing of a key may reach a log.
            throw new PemFileException(path, "holds a certificate or key that is broken or of no kind that serves: RSA and ECDSA do");
        }
    }

    /// <summary>Names a certificate's public key as <see cref="KeyId"/> names the key that belongs to it.</summary>
    public static string KeyIdOf(PublicKey key) => Convert.ToHexString(SHA256.HashData(key.EncodedKeyValue.RawData));

    private void Take(string text)
    {
        var begun = text.AsSpan().Count(Begin);
        if (begun == 0)
            throw new PemFileException(Path, "is not PEM");
        var rest = text.AsSpan();
        while (PemEncoding.TryFind(rest, out var block))
        {
            Take(rest[block.Label], rest[block.Location]);
            begun--;
            rest = rest[block.Location.End..];
        }
        if (begun > 0)
            throw new PemFileException(Path, "ends early or is damaged");
    }

    private void Take(ReadOnlySpan<char> label, ReadOnlySpan<char> block)
    {
        switch (label)
        {
            case "CERTIFICATE":
                Certificates.Add(X509Certificate2.CreateFromPem(block));
                break;
            case "PRIVATE KEY" or "EC PRIVATE KEY" or "RSA PRIVATE KEY" when Key is null:
                Key = block.ToString();
                KeyId = KeyIdOf(PublicKeyOf(Key, label));
                break;
            case "ENCRYPTED PRIVATE KEY":
                throw new PemFileException(Path, "is encrypted: nobody is there to type its passphrase");
        }
    }

    private static PublicKey PublicKeyOf(string pem, ReadOnlySpan<char> label)
    {
        if (label is not "RSA PRIVATE KEY")
        {
            try
            {
                using var ec = ECDsa.Create();
                ec.ImportFromPem(pem);
                return new PublicKey(ec);
            }
            catch (CryptographicException) when (label is "PRIVATE KEY")
            {
                // PKCS #8 does not say of which kind it is before it is opened.
            }
        }
        using var rsa = RSA.Create();
        rsa.ImportFromPem(pem);
        return new PublicKey(rsa);
    }
}

/// <summary>A file is of no use as certificate or key.</summary>
/// <param name="reason">Goes on after the file's name, without anything that the file holds.</param>
internal sealed class PemFileException(string path, string reason) : Exception($"{path} {reason}");
