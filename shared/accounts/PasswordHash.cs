using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using NSec.Cryptography;

namespace MailMesh.Accounts;

/// <summary>Argon2id (RFC 9106) in PHC strings: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>.</summary>
/// <remarks>A hash takes 19 MiB and a core for some 20 ms, so as many run at once as there are cores; who waits longer than ten seconds is turned away.</remarks>
public static class PasswordHash
{
    // OWASP Password Storage Cheat Sheet, Argon2id: m = 19 MiB, t = 2, p = 1.
    private const long MemoryKiB = 19456;
    private const long Passes = 2;
    private const int SaltOctets = 16;
    private const int HashOctets = 32;

    /// <summary>Bounds what a stored string may cost: nobody needs more, and a damaged row must not take the memory.</summary>
    private const long MaxMemoryKiB = 1024 * 1024;
    private const long MaxPasses = 64;

    private static readonly byte[] NobodysSalt = RandomNumberGenerator.GetBytes(SaltOctets);

    /// <summary>A new hash with a salt of its own.</summary>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed.</exception>
    public static async Task<string> CreateAsync(string password, CancellationToken cancellationToken = default)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltOctets);
        var hash = await DeriveAsync(new Parameters(MemoryKiB, Passes, salt, HashOctets), password, cancellationToken);
        return $"$argon2id$v=19$m={MemoryKiB},t={Passes},p=1${Encode(salt)}${Encode(hash)}";
    }

    /// <summary>True when the password is the one that was hashed; a string that is no hash of ours matches nothing.</summary>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed.</exception>
    public static async Task<bool> VerifyAsync(string stored, string password, CancellationToken cancellationToken = default)
    {
        if (!TryParse(stored, out var parameters, out var expected))
        {
            await VerifyNothingAsync(password, cancellationToken);
            return false;
        }
        var actual = await DeriveAsync(parameters, password, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(actual, expected);
    }

    /// <summary>Takes the time of a verification, so that a name that does not exist answers no sooner than one that does.</summary>
    /// <exception cref="AuthenticationBusyException">Too many passwords wait to be hashed.</exception>
    public static Task VerifyNothingAsync(string password, CancellationToken cancellationToken = default) =>
        DeriveAsync(new Parameters(MemoryKiB, Passes, NobodysSalt, HashOctets), password, cancellationToken);

    /// <summary>True when the hash was made with less than today's parameters.</summary>
    public static bool IsWeak(string stored) =>
        !TryParse(stored, out var parameters, out _) || parameters.MemoryKiB < MemoryKiB || parameters.Passes < Passes;

    private static Task<byte[]> DeriveAsync(Parameters parameters, string password, CancellationToken cancellationToken) =>
        HashingGate.RunAsync(() => Derive(parameters, password), cancellationToken);

    private static byte[] Derive(Parameters parameters, string password)
    {
        var octets = Encoding.UTF8.GetBytes(password);
        try
        {
            var argon2 = new Argon2id(new Argon2Parameters
            {
                DegreeOfParallelism = 1,
                MemorySize = parameters.MemoryKiB,
                NumberOfPasses = parameters.Passes,
            });
            return argon2.DeriveBytes(octets, parameters.Salt, parameters.HashOctets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private static bool TryParse(string stored, out Parameters parameters, out byte[] hash)
    {
        parameters = default;
        hash = [];
        var fields = stored.Split('$');
        if (fields is not ["", "argon2id", "v=19", var cost, var salt, var digest])
            return false;
        var costs = cost.Split(',');
        if (costs is not [var m, var t, "p=1"] || !TryNumber(m, "m=", MaxMemoryKiB, out var memory) || !TryNumber(t, "t=", MaxPasses, out var passes))
            return false;
        if (!TryDecode(salt, out var saltOctets) || saltOctets.Length != SaltOctets || !TryDecode(digest, out hash) || hash.Length is < 16 or > 128)
            return false;
        parameters = new Parameters(memory, passes, saltOctets, hash.Length);
        return true;
    }

    private static bool TryNumber(string field, string name, long max, out long number)
    {
        number = 0;
        return field.StartsWith(name, StringComparison.Ordinal)
            && long.TryParse(field.AsSpan(name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= 1 && number <= max;
    }

    /// <summary>The PHC string format's Base64: no padding.</summary>
    private static string Encode(byte[] octets) => Convert.ToBase64String(octets).TrimEnd('=');

    private static bool TryDecode(string text, out byte[] octets)
    {
        octets = [];
        var padded = text.PadRight((text.Length + 3) / 4 * 4, '=');
        if (text.Length > 256 || !Base64.IsValid(padded))
            return false;
        octets = Convert.FromBase64String(padded);
        return true;
    }

    private readonly record struct Parameters(long MemoryKiB, long Passes, byte[] Salt, int HashOctets);
}
