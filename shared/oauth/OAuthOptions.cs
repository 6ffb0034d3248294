using MailMesh.Hosting;

namespace MailMesh.OAuth;

/// <summary>Whose tokens open which account, below MAILMESH__OAUTH__.</summary>
public sealed record OAuthOptions
{
    /// <summary>The 'iss' of a token, octet for octet.</summary>
    public required string Issuer { get; init; }

    /// <summary>One of these is in the token's 'aud': it was made for us.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>The issuer's JSON Web Key Set (RFC 7517): the path of a file, or a URL.</summary>
    public required string Keys { get; init; }

    /// <summary>The claim that has the account's address.</summary>
    public string Claim { get; init; } = "email";

    /// <summary>A scope that the token must have; none by default.</summary>
    public string? Scope { get; init; }

    /// <summary><see cref="Keys"/> as a URL; null for a file.</summary>
    public Uri? KeysUrl { get; private init; }

    /// <summary>Null where nothing is configured: no token is taken then.</summary>
    /// <exception cref="SettingException">A value is wrong, or one is missing beside others.</exception>
    public static OAuthOptions? From(Settings settings)
    {
        var (issuer, audience, keys) = (settings.Text("OAuth:Issuer"), settings.Text("OAuth:Audience"), settings.Text("OAuth:Keys"));
        var (claim, scope) = (settings.Text("OAuth:Claim"), settings.Text("OAuth:Scope"));
        if (issuer is null && audience is null && keys is null && claim is null && scope is null)
            return null;
        var options = new OAuthOptions
        {
            Issuer = issuer ?? throw Missing("OAuth:Issuer"),
            Audiences = (audience ?? throw Missing("OAuth:Audience")).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            Keys = keys ?? throw Missing("OAuth:Keys"),
            Scope = scope,
            KeysUrl = UrlOf(keys),
        };
        return claim is null ? options : options with { Claim = claim };
    }

    private static SettingException Missing(string key) =>
        new(key, "is missing: tokens need MAILMESH__OAUTH__ISSUER, __AUDIENCE and __KEYS, all of them");

    /// <summary>Whoever can change the keys on their way can open every account: a URL in clear is taken on this machine alone.</summary>
    private static Uri? UrlOf(string keys)
    {
        if (!keys.Contains("://", StringComparison.Ordinal))
            return File.Exists(keys) ? null : throw new SettingException("OAuth:Keys", keys, "the path of a file that is there, or an https URL");
        if (Uri.TryCreate(keys, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback)))
            return url;
        throw new SettingException("OAuth:Keys", keys, "the path of a file, or an https URL");
    }
}
