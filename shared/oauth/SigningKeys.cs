using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace MailMesh.OAuth;

/// <summary>The issuer's keys, read again once an hour and when a token names one that is not known, but never twice within ten seconds.</summary>
public sealed partial class SigningKeys(OAuthOptions options, HttpClient http, TimeProvider clock, ILogger<SigningKeys> log) : IDisposable
{
    /// <summary>Nobody has that many keys: an issuer's set has some KiB.</summary>
    public const int MaxOctets = 256 * 1024;

    private const int MaxKeys = 100;

    /// <summary>A session waits for it, and no longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan MaxAge = TimeSpan.FromHours(1);

    /// <summary>A stranger's tokens with made-up key ids ask the issuer no more often.</summary>
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(10);

    /// <summary>How long keys serve while the issuer is away: a key that it withdrew meanwhile must not live for ever.</summary>
    private static readonly TimeSpan MaxStale = TimeSpan.FromDays(1);

    private readonly SemaphoreSlim _gate = new(1);
    private volatile Known _known = Known.None;

    /// <summary>The keys for a token that names this one, or none.</summary>
    /// <exception cref="KeysUnavailableException">They are not known, and the issuer does not say them.</exception>
    public async Task<IReadOnlyList<SecurityKey>> ForAsync(string? keyId)
    {
        if (IsDue(_known, keyId))
            await RefreshAsync(keyId);
        var known = _known;
        if (known.Keys.Count == 0 || Now - known.ReadAt > MaxStale || (known.HasFailed && !known.Has(keyId)))
            throw new KeysUnavailableException();
        return known.Keys;
    }

    public void Dispose()
    {
        _gate.Dispose();
        http.Dispose();
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private bool IsDue(Known known, string? keyId) =>
        Now - known.TriedAt >= MinInterval && (Now - known.ReadAt >= MaxAge || !known.Has(keyId));

    private async Task RefreshAsync(string? keyId)
    {
        await _gate.WaitAsync();
        try
        {
            if (IsDue(_known, keyId))
                _known = await ReadAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Known> ReadAsync()
    {
        try
        {
            return new Known(Asymmetric(new JsonWebKeySet(await TextAsync())), Now, Now, HasFailed: false);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or UnauthorizedAccessException or OperationCanceledException or ArgumentException or System.Text.Json.JsonException)
        {
            LogAway(log, options.Keys, failure.Message);
            return _known with { TriedAt = Now, HasFailed = true };
        }
    }

    private async Task<string> TextAsync()
    {
        using var limit = new CancellationTokenSource(Patience, clock);
        if (options.KeysUrl is { } url)
            return await http.GetStringAsync(url, limit.Token);
        if (new FileInfo(options.Keys).Length > MaxOctets)
            throw new IOException($"larger than {MaxOctets} octets");
        return await File.ReadAllTextAsync(options.Keys, limit.Token);
    }

    /// <summary>A symmetric key in a public set would let everybody write tokens.</summary>
    private static List<SecurityKey> Asymmetric(JsonWebKeySet set) =>
        [.. set.GetSigningKeys().Where(key => key is AsymmetricSecurityKey or X509SecurityKey or JsonWebKey { Kty: JsonWebAlgorithmsKeyTypes.RSA or JsonWebAlgorithmsKeyTypes.EllipticCurve }).Take(MaxKeys)];

    private sealed record Known(IReadOnlyList<SecurityKey> Keys, DateTimeOffset ReadAt, DateTimeOffset TriedAt, bool HasFailed)
    {
        public static readonly Known None = new([], DateTimeOffset.MinValue, DateTimeOffset.MinValue, HasFailed: false);

        public bool Has(string? keyId) => Keys.Count > 0 && (keyId is null || Keys.Any(key => key.KeyId == keyId));
    }

    [LoggerMessage(9301, LogLevel.Warning, "The keys of tokens cannot be read from {Place}: {Reason}")]
    private static partial void LogAway(ILogger log, string place, string reason);
}
