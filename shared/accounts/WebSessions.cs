using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MailMesh.Database;

namespace MailMesh.Accounts;

/// <summary>Tokens that stand for a web login for some hours, so that a code is asked for once.</summary>
/// <remarks>
/// Nothing is kept: a token carries the account and its end, under an HMAC whose input has the stored password and the second factor too. A change of either ends
/// every token of the account at once, in every copy.
/// </remarks>
/// <param name="key">The same in every copy, and after every restart.</param>
public sealed class WebSessions(MailDatabase database, TimeProvider clock, byte[] key)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);

    private const int HeadOctets = 16;

    private const int TokenOctets = HeadOctets + HMACSHA256.HashSizeInBytes;

    /// <summary>A token, and when it ends; null where the account has gone meanwhile.</summary>
    public async Task<(string Token, DateTimeOffset Until)?> BeginAsync(long accountId)
    {
        if (await FindAsync(accountId) is not { } found)
            return null;
        var until = DateTimeOffset.FromUnixTimeSeconds((clock.GetUtcNow() + Lifetime).ToUnixTimeSeconds());
        var token = new byte[TokenOctets];
        BinaryPrimitives.WriteInt64BigEndian(token, accountId);
        BinaryPrimitives.WriteInt64BigEndian(token.AsSpan(8), until.ToUnixTimeSeconds());
        Mac(token.AsSpan(0, HeadOctets), found.Stamp).CopyTo(token, HeadOctets);
        return (Base64Url.EncodeToString(token), until);
    }

    /// <summary>Whose token it is; null for one that is none of ours, over, or of before a change.</summary>
    public async Task<AuthenticatedAccount?> FindAsync(string token)
    {
        var octets = new byte[TokenOctets];
        if (token.Length > TokenOctets * 2 || Base64Url.DecodeFromChars(token, octets, out _, out var length) != OperationStatus.Done || length != TokenOctets)
            return null;
        if (BinaryPrimitives.ReadInt64BigEndian(octets.AsSpan(8)) <= clock.GetUtcNow().ToUnixTimeSeconds())
            return null;
        return await FindAsync(BinaryPrimitives.ReadInt64BigEndian(octets)) is { } found
            && CryptographicOperations.FixedTimeEquals(Mac(octets.AsSpan(0, HeadOctets), found.Stamp), octets.AsSpan(HeadOctets))
                ? found.Account
                : null;
    }

    private byte[] Mac(ReadOnlySpan<byte> head, string stamp)
    {
        byte[] octets = [.. head, .. Encoding.UTF8.GetBytes(stamp)];
        return HMACSHA256.HashData(key, octets);
    }

    private Task<Found?> FindAsync(long accountId) => database.ReadAsync(session => session.FirstAsync(
        "SELECT id, address, password_hash, totp_secret FROM accounts WHERE id = @id AND enabled",
        row => new Found(new AuthenticatedAccount(row.GetInt64(0), row.GetString(1)), $"{row.GetString(2)}\0{(row.IsDBNull(3) ? "" : Convert.ToHexString((byte[])row.GetValue(3)))}"),
        ("id", accountId)));

    /// <param name="Stamp">Changes with what opens the account.</param>
    private sealed record Found(AuthenticatedAccount Account, string Stamp);
}
