using System.Text;
using MailMesh.Bans;
using MailMesh.Hosting;
using MailMesh.OAuth;
using MailMesh.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>AUTH OAUTHBEARER and XOAUTH2.</summary>
public sealed class AuthTokenTests : SmtpTest, IDisposable
{
    private const string Alice = "alice@ours.example";

    private static readonly string EhloWithTokens = EhloUnderTls.Replace("PLAIN LOGIN", "PLAIN LOGIN OAUTHBEARER XOAUTH2", StringComparison.Ordinal);

    private readonly TokenIssuer _issuer = new();
    private readonly SigningKeys _keys;
    private readonly string _keyFile = Path.Combine(Scratch.NewFolder("jwks"), "keys.json");

    public AuthTokenTests(SmtpDirectory directory)
        : base(directory)
    {
        File.WriteAllText(_keyFile, _issuer.KeySet);
        var settings = new Dictionary<string, string?> { ["OAuth:Issuer"] = _issuer.Issuer, ["OAuth:Audience"] = _issuer.Audience, ["OAuth:Keys"] = _keyFile };
        var options = OAuthOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()))!;
        _keys = new SigningKeys(options, OAuthService.CreateClient(), TimeProvider.System, NullLogger<SigningKeys>.Instance);
        Tokens = new TokenVerifier(options, _keys, TimeProvider.System, NullLogger<TokenVerifier>.Instance);
    }

    public void Dispose()
    {
        _keys.Dispose();
        _issuer.Dispose();
    }

    [Theory]
    [InlineData("n,a=alice@ours.example,")]
    [InlineData("n,a=Alice@OURS.example,")]
    [InlineData("n,,")]
    [InlineData("y,,")]
    public Task Bearer_with_an_initial_response(string header) => RunAsync(EhloWithTokens + $"""
        C: AUTH OAUTHBEARER {Bearer(header, Token(Alice))}
        S: 235 2.7.0 Authentication successful
        C: MAIL FROM:<alice@ours.example>
        S: 250 2.1.0 …
        """, "submissions");

    [Fact]
    public Task Bearer_after_a_challenge() => RunAsync(EhloWithTokens + $"""
        C: AUTH OAUTHBEARER
        S/ ^334 $
        C: {Bearer("n,,", Token(Alice))}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    [Fact]
    public Task Google_and_Microsofts_own() => RunAsync(EhloWithTokens + $"""
        C: AUTH XOAUTH2 {XOAuth2(Alice, Token(Alice))}
        S: 235 2.7.0 Authentication successful
        """, "submissions");

    /// <summary>RFC 7628 §3.2.2: why, as JSON, and the client says that it has heard.</summary>
    [Theory]
    [InlineData("AQ==")]
    [InlineData("")]
    public Task A_token_that_is_not_good_is_explained(string acknowledgement) => RunAsync(EhloWithTokens + $"""
        C: AUTH OAUTHBEARER {Bearer("n,,", "eyJh.eyJh.AAAA")}
        S: 334 {Base64("""{"status":"invalid_token","scope":"","openid-configuration":"https://login.example/tenant/.well-known/openid-configuration"}""")}
        C: {acknowledgement}
        S: 535 5.7.8 Authentication credentials invalid, check user name and password
        C: AUTH XOAUTH2 {XOAuth2(Alice, "eyJh.eyJh.AAAA")}
        S: 334 {Base64("""{"status":"401","schemes":"bearer","scope":""}""")}
        C: {acknowledgement}
        S: 535 5.7.8 Authentication credentials invalid, check user name and password
        C: AUTH OAUTHBEARER {Bearer("n,,", Token(Alice))}
        S: 235 2.7.0 …
        """, "submissions");

    /// <summary>A token opens the account that it names, and no other.</summary>
    [Theory]
    [InlineData("bob@ours.example", Alice)]
    [InlineData(Alice, "bob@ours.example")]
    [InlineData("nobody@ours.example", "nobody@ours.example")]
    [InlineData("sales@ours.example", "sales@ours.example")]
    public Task A_token_for_another(string user, string named) => RunAsync(EhloWithTokens + $"""
        C: AUTH OAUTHBEARER {Bearer($"n,a={user},", Token(named))}
        S: 334 …
        C: AQ==
        S: 535 5.7.8 …
        C: AUTH XOAUTH2 {XOAuth2(user, Token(named))}
        S: 334 …
        C: AQ==
        S: 535 5.7.8 …
        """, "submissions");

    [Fact]
    public async Task While_the_issuers_keys_cannot_be_had_nobody_is_called_wrong()
    {
        File.Delete(_keyFile);
        await RunAsync(EhloWithTokens + $"""
            C: AUTH OAUTHBEARER {Bearer("n,,", Token(Alice))}
            S: 454 4.7.0 …
            C: AUTH PLAIN {Base64("\0alice@ours.example\0wonderland")}
            S: 235 2.7.0 …
            """, "submissions");
    }

    [Theory]
    [InlineData("OAUTHBEARER", "nonsense")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer x\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Basic x\u0001\u0001")]
    [InlineData("OAUTHBEARER", "n,,\u0001auth=Bearer \u0001\u0001")]
    [InlineData("OAUTHBEARER", "p=tls-server-end-point,,\u0001auth=Bearer x\u0001\u0001")]
    [InlineData("XOAUTH2", "user=\u0001auth=Bearer x\u0001\u0001")]
    [InlineData("XOAUTH2", "auth=Bearer x\u0001\u0001")]
    [InlineData("XOAUTH2", "user=alice@ours.example\u0001\u0001")]
    public Task What_is_no_message_of_it(string mechanism, string message) => RunAsync(EhloWithTokens + $"""
        C: AUTH {mechanism} {Base64(message)}
        S: 501 5.5.2 …
        C: NOOP
        S: 250 2.0.0 Ok
        """, "submissions");

    [Fact]
    public async Task Bad_tokens_are_counted_and_banned()
    {
        Bans = new BanOptions { Failures = 1 };
        await using var session = Connect("submissions", System.Net.IPAddress.Parse("203.0.113.126"));
        await new ProtocolScript(session).RunAsync(EhloWithTokens + $"""
            C: AUTH XOAUTH2 {XOAuth2("bob@ours.example", "eyJh.eyJh.AAAA")}
            S: 334 …
            C: AQ==
            S: 535 5.7.8 …
            C: AUTH XOAUTH2 {XOAuth2("bob@ours.example", Token("bob@ours.example"))}
            S: 421 4.7.0 Too many failed logins, try again later
            END
            """);
    }

    /// <summary>Where the client does not say who it is, the token does; a banned account stays banned.</summary>
    [Theory]
    [InlineData("n,,")]
    [InlineData("n,a=用户@ours.example,")]
    public async Task A_token_opens_no_banned_account(string header)
    {
        await using var bans = new BanList(Directory.Database, new BanOptions(), TimeProvider.System, NullLogger<BanList>.Instance);
        await bans.AddAsync("用户@ours.example", null, "test");
        try
        {
            await RunAsync(EhloWithTokens + $"""
                C: AUTH OAUTHBEARER {Bearer(header, Token("用户@ours.example"))}
                S: 421 4.7.0 Too many failed logins, try again later
                END
                """, "submissions");
        }
        finally
        {
            await bans.RemoveAsync("用户@ours.example");
        }
    }

    [Fact]
    public async Task Without_an_issuer_there_are_none()
    {
        Tokens = null;
        await RunAsync(EhloUnderTls + $"""
            C: AUTH OAUTHBEARER {Bearer("n,,", Token(Alice))}
            S: 504 5.5.4 …
            """, "submissions");
    }

    private string Token(string email) => _issuer.Issue(email, DateTimeOffset.UtcNow);

    private static string Bearer(string header, string token) => Base64($"{header}\u0001host=mx.ours.example\u0001port=587\u0001auth=Bearer {token}\u0001\u0001");

    private static string XOAuth2(string user, string token) => Base64($"user={user}\u0001auth=Bearer {token}\u0001\u0001");

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
