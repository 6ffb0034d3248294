using MailMesh.Database;
using OtpNet;

namespace MailMesh.Accounts;

/// <summary>The second factor of an account: codes of RFC 6238, six digits, SHA-1, a new one every 30 seconds, as every authenticator has them.</summary>
/// <remarks>
/// An account with one is opened by its password and a code, on the web alone. Mail programs cannot ask for a code: they use application passwords, and the
/// account's own password no longer opens IMAP, POP3 and submission.
/// </remarks>
public sealed class SecondFactor(MailDatabase database, TimeProvider clock)
{
    /// <summary>RFC 4226 §4: 160 bits.</summary>
    private const int SecretOctets = 20;

    private const int MinSecretOctets = 16;

    private const int MaxSecretOctets = 64;

    /// <summary>RFC 6238 §5.2: a clock may be wrong by a step, and a code may come late.</summary>
    private static readonly VerificationWindow Window = new(previous: 1, future: 1);

    /// <summary>What an authenticator takes, as text and as the address of a QR code. Nothing is kept before <see cref="SetAsync"/>.</summary>
    public static SecondFactorOffer Offer(AuthenticatedAccount account, string issuer)
    {
        var secret = Base32Encoding.ToString(KeyGeneration.GenerateRandomKey(SecretOctets)).TrimEnd('=');
        return new SecondFactorOffer(secret, new OtpUri(OtpType.Totp, secret, account.Address, issuer).ToString());
    }

    /// <summary>Turns it on, or replaces it; the code proves that the authenticator has the secret. False where it does not.</summary>
    public async Task<bool> SetAsync(long accountId, string secret, string code, CancellationToken cancellationToken = default)
    {
        if (Decode(secret) is not { } octets || StepOf(octets, code) is not { } step)
            return false;
        return await database.WriteAsync(session => session.ExecuteAsync(
            "UPDATE accounts SET totp_secret = @secret, totp_step = @step WHERE id = @id", ("id", accountId), ("secret", octets), ("step", step)), cancellationToken) == 1;
    }

    /// <summary>Turns it off; false where there was none.</summary>
    public async Task<bool> RemoveAsync(string address, CancellationToken cancellationToken = default) =>
        await database.WriteAsync(session => session.ExecuteAsync(
            "UPDATE accounts SET totp_secret = NULL WHERE address = @address AND totp_secret IS NOT NULL",
            ("address", MailAddress.TryParse(address, out var parsed) ? parsed.ToString() : address)), cancellationToken) == 1;

    /// <summary>True once for each code: RFC 6238 §5.2 has none taken twice, by any copy.</summary>
    internal async Task<bool> TakeAsync(long accountId, byte[] secret, string code, CancellationToken cancellationToken) =>
        StepOf(secret, code) is { } step
        && await database.WriteAsync(session => session.ExecuteAsync(
            "UPDATE accounts SET totp_step = @step WHERE id = @id AND totp_step < @step", ("id", accountId), ("step", step)), cancellationToken) == 1;

    private long? StepOf(byte[] secret, string code) =>
        new Totp(secret).VerifyTotp(clock.GetUtcNow().UtcDateTime, code.Replace(" ", "", StringComparison.Ordinal), out var step, Window) ? step : null;

    private static byte[]? Decode(string secret)
    {
        try
        {
            return secret.Length <= MaxSecretOctets * 2 && Base32Encoding.ToBytes(secret.Trim().ToUpperInvariant()) is { Length: >= MinSecretOctets and <= MaxSecretOctets } octets ? octets : null;
        }
        catch (ArgumentException)
        {
            return null; // no base32
        }
    }
}

/// <param name="Secret">In base32, as it is typed into an authenticator.</param>
/// <param name="Uri">otpauth://…, for a QR code.</param>
public sealed record SecondFactorOffer(string Secret, string Uri);
