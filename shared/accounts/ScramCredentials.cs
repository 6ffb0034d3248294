using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Accounts;

/// <summary>What a server keeps for SCRAM-SHA-256 (RFC 5802 §3, RFC 7677), as RFC 5803 writes it: <c>SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey</c>.</summary>
/// <remarks>The salt is drawn from the password's other hash: whoever changes that one alone, as a version before SCRAM does, leaves nothing here that still opens the account.</remarks>
public sealed class ScramCredentials
{
    /// <summary>RFC 7677 §4.</summary>
    public const int MinIterations = 4096;

    /// <summary>Bounds what a stored string may ask of a client.</summary>
    public const int MaxIterations = 10_000_000;

    private const string Scheme = "SCRAM-SHA-256";
    private const int SaltOctets = 16;
    private const int KeyOctets = 32;

    private readonly byte[] _salt;
    private readonly byte[] _storedKey;
    private readonly byte[] _serverKey;

    private ScramCredentials(int iterations, byte[] salt, byte[] storedKey, byte[] serverKey)
    {
        Iterations = iterations;
        (_salt, _storedKey, _serverKey) = (salt, storedKey, serverKey);
    }

    public int Iterations { get; }

    public ReadOnlyMemory<byte> Salt => _salt;

    /// <summary>The stored form; a secret.</summary>
    public string Stored => $"{Scheme}${Iterations.ToString(CultureInfo.InvariantCulture)}:{Convert.ToBase64String(_salt)}${Convert.ToBase64String(_storedKey)}:{Convert.ToBase64String(_serverKey)}";

    /// <summary>From a password, with a salt and a number of iterations; null where SASLprep does not take the password.</summary>
    public static ScramCredentials? Derive(string password, ReadOnlySpan<byte> salt, int iterations)
    {
        if (!SaslPrep.TryPrepare(password, out var prepared))
            return null;
        var octets = Encoding.UTF8.GetBytes(prepared);
        var salted = Rfc2898DeriveBytes.Pbkdf2(octets, salt, iterations, HashAlgorithmName.SHA256, KeyOctets);
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        try
        {
            return new ScramCredentials(iterations, salt.ToArray(), SHA256.HashData(clientKey), HMACSHA256.HashData(salted, "Server Key"u8));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
            CryptographicOperations.ZeroMemory(salted);
            CryptographicOperations.ZeroMemory(clientKey);
        }
    }

    /// <summary>Credentials of a name that does not exist, the same at each asking; no proof matches them.</summary>
    /// <param name="key">A secret that all copies of the server have.</param>
    public static ScramCredentials Decoy(ReadOnlySpan<byte> key, string name, int iterations)
    {
        var salt = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes("salt\0" + name));
        return new ScramCredentials(iterations, salt[..SaltOctets], RandomNumberGenerator.GetBytes(KeyOctets), RandomNumberGenerator.GetBytes(KeyOctets));
    }

    /// <summary>RFC 5802 §3: true when the client has the key whose hash is stored.</summary>
    /// <param name="serverSignature">What shows the client that we know it; meaningless where the proof is wrong.</param>
    public bool Verify(ReadOnlySpan<byte> authMessage, ReadOnlySpan<byte> proof, out byte[] serverSignature)
    {
        serverSignature = HMACSHA256.HashData(_serverKey, authMessage);
        if (proof.Length != KeyOctets)
            return false;
        var clientKey = HMACSHA256.HashData(_storedKey, authMessage);
        for (var i = 0; i < clientKey.Length; i++)
            clientKey[i] ^= proof[i];
        return CryptographicOperations.FixedTimeEquals(SHA256.HashData(clientKey), _storedKey);
    }

    public static bool TryParse(string? stored, [NotNullWhen(true)] out ScramCredentials? credentials)
    {
        credentials = null;
        if (stored?.Split('$') is not [Scheme, var cost, var keys] || cost.Split(':') is not [var count, var saltText] || keys.Split(':') is not [var storedText, var serverText])
            return false;
        if (!int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out var iterations) || iterations is < MinIterations or > MaxIterations)
            return false;
        if (!TryDecode(saltText, out var salt) || salt.Length == 0 || !TryDecode(storedText, out var storedKey) || !TryDecode(serverText, out var serverKey))
            return false;
        if (storedKey.Length != KeyOctets || serverKey.Length != KeyOctets)
            return false;
        credentials = new ScramCredentials(iterations, salt, storedKey, serverKey);
        return true;
    }

    /// <summary>The salt that goes with a hash of the same password.</summary>
    internal static byte[] SaltFor(string passwordHash) => SHA256.HashData(Encoding.UTF8.GetBytes("SCRAM salt\0" + passwordHash))[..SaltOctets];

    /// <summary>True when these were made together with that hash.</summary>
    internal bool GoWith(string passwordHash) => _salt.AsSpan().SequenceEqual(SaltFor(passwordHash));

    private static bool TryDecode(string text, out byte[] octets)
    {
        octets = [];
        if (text.Length > 256 || !Base64.IsValid(text))
            return false;
        octets = Convert.FromBase64String(text);
        return true;
    }
}
