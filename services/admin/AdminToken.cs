using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MailMesh.Hosting;

namespace MailMesh.Admin;

/// <summary>The secret that opens the API.</summary>
public sealed class AdminToken
{
    public const string FileName = "admin-token";

    private const int TokenOctets = 32;

    private readonly byte[] _digest;

    /// <summary>Takes the configured token, or the one in the data folder, which is made where it is missing.</summary>
    /// <remarks>A configured token stays off the disk, and one in the data folder that is no longer in force goes.</remarks>
    public AdminToken(AdminOptions options, MailMeshOptions host)
    {
        var file = Path.Combine(host.Data, FileName);
        if (options.Token is not null)
            File.Delete(file);
        _digest = Digest(options.Token ?? Kept(file));
    }

    /// <summary>Compares digests in constant time: neither length nor content of the token shows in how long it takes.</summary>
    public bool Matches(string? given) => given is not null && CryptographicOperations.FixedTimeEquals(Digest(given), _digest);

    private static string Kept(string file) =>
        SecretFile.ReadOrMake(file, () => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenOctets)) + "\n").Trim();

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
