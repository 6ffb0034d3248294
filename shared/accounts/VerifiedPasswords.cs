using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace MailMesh.Accounts;

/// <summary>Passwords that were right a moment ago, as HMACs under a key that this process alone has.</summary>
/// <remarks>The stored hash is part of what is authenticated: a changed password is wrong here from the same moment.</remarks>
internal sealed class VerifiedPasswords(TimeProvider clock)
{
    private const int MaxEntries = 100_000;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<long, Entry> _entries = new();

    public bool Contains(long accountId, string storedHash, string password) =>
        _entries.TryGetValue(accountId, out var entry)
        && entry.Until > clock.GetTimestamp()
        && CryptographicOperations.FixedTimeEquals(entry.Mac, Mac(storedHash, password));

    public void Add(long accountId, string storedHash, string password)
    {
        if (_entries.Count >= MaxEntries)
            _entries.Clear(); // costs each account one slow login, and bounds memory without a queue of ages
        var until = clock.GetTimestamp() + (long)(Lifetime.TotalSeconds * clock.TimestampFrequency);
        _entries[accountId] = new Entry(Mac(storedHash, password), until);
    }

    private byte[] Mac(string storedHash, string password)
    {
        // A stored hash has no NUL, so that no two pairs give one text.
        var octets = Encoding.UTF8.GetBytes($"{storedHash}\0{password}");
        try
        {
            return HMACSHA256.HashData(_key, octets);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(octets);
        }
    }

    private readonly record struct Entry(byte[] Mac, long Until);
}
