using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace MailMesh.OAuth;

/// <summary>RFC 9068 and RFC 8725: reads who holds a signed token of our issuer that was made for us.</summary>
public sealed partial class TokenVerifier(OAuthOptions options, SigningKeys keys, TimeProvider clock, ILogger<TokenVerifier> log)
{
    /// <summary>RFC 8725 §3.1: signatures alone, and never the issuer's public key taken for a shared secret.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
        SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
        SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    /// <summary>How far the issuer's clock may be from ours.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(1);

    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false };

    /// <summary>The scope that a refused client should ask its issuer for; empty for none.</summary>
    public string Scope => options.Scope ?? "";

    /// <summary>Where a client finds its issuer (OpenID Connect Discovery 1.0 §4); null where the issuer is no URL.</summary>
    public string? Discovery =>
        options.Issuer.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration" : null;

    /// <summary>The address that the token names; null for a token that is not good.</summary>
    /// <exception cref="KeysUnavailableException">Nobody can tell now.</exception>
    public async Task<string?> VerifyAsync(string token)
    {
        if (Read(token) is not { } read)
            return Refuse("it is no JWT");
        var result = await _handler.ValidateTokenAsync(read, new TokenValidationParameters
        {
            ValidIssuer = options.Issuer,
            ValidAudiences = options.Audiences,
            ValidAlgorithms = Algorithms,
            IssuerSigningKeys = await keys.ForAsync(read.Kid is { Length: > 0 } kid ? kid : null),
            RequireSignedTokens = true,
            RequireExpirationTime = true,
            LifetimeValidator = IsCurrent,
        });
        if (!result.IsValid)
            return Refuse(result.Exception.GetType().Name); // its message has claims of whoever holds the token
        if (options.Scope is { } scope && !ScopesOf(read).Contains(scope))
            return Refuse("its scope is not ours");
        return AddressIn(read);
    }

    private JsonWebToken? Read(string token)
    {
        try
        {
            // Encrypted tokens have five parts; we have no key for them.
            return token.Count(c => c == '.') == 2 ? _handler.ReadJsonWebToken(token) : null;
        }
        catch (Exception failure) when (failure is ArgumentException or SecurityTokenException or FormatException)
        {
            return null;
        }
    }

    private bool IsCurrent(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = clock.GetUtcNow().UtcDateTime;
        return expires is { } end && now < end + Skew && (notBefore is not { } begin || now >= begin - Skew);
    }

    /// <summary>RFC 8693 §4.2 'scope', divided by blanks; Microsoft's 'scp'.</summary>
    private static IEnumerable<string> ScopesOf(JsonWebToken token) =>
        token.Claims.Where(claim => claim.Type is "scope" or "scp").SelectMany(claim => claim.Value.Split(' '));

    private string? AddressIn(JsonWebToken token)
    {
        if (!token.TryGetClaim(options.Claim, out var claim) || claim.Value.Length == 0)
            return Refuse($"it has no {options.Claim}");
        // OpenID Connect Core §5.1: an address that its holder claims, and that the issuer never tried, is nobody's proof.
        if (options.Claim == "email" && token.TryGetClaim("email_verified", out var verified) && !verified.Value.Equals("true", StringComparison.OrdinalIgnoreCase))
            return Refuse("its email is not verified");
        return claim.Value;
    }

    private string? Refuse(string reason)
    {
        LogRefused(log, reason);
        return null;
    }

    [LoggerMessage(9302, LogLevel.Information, "A token is refused: {Reason}")]
    private static partial void LogRefused(ILogger log, string reason);
}
