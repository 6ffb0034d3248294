using System.Net;
using MailMesh.Hosting;
using MailMesh.OAuth;
using MailMesh.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.OAuth;

public sealed class TokenVerifierTests : IDisposable
{
    private const string Alice = "alice@ours.example";

    private readonly TokenIssuer _issuer = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch.AddYears(60));
    private readonly FakeSite _site = new();
    private readonly Dictionary<string, string?> _settings;
    private SigningKeys? _keys;

    public TokenVerifierTests()
    {
        _site.Body = () => _issuer.KeySet;
        _settings = new Dictionary<string, string?>
        {
            ["OAuth:Issuer"] = _issuer.Issuer,
            ["OAuth:Audience"] = "another, mailmesh",
            ["OAuth:Keys"] = "https://login.example/keys",
        };
    }

    private DateTimeOffset Now => _clock.GetUtcNow();

    public void Dispose()
    {
        _keys?.Dispose();
        _issuer.Dispose();
    }

    [Fact]
    public async Task A_token_of_our_issuer_names_its_holder() => Assert.Equal(Alice, await Verifier().VerifyAsync(_issuer.Issue(Alice, Now)));

    [Theory]
    [InlineData("iss", "https://login.example/other")]
    [InlineData("aud", "somebody else")]
    [InlineData("email", "")]
    [InlineData("email_verified", false)]
    [InlineData("email_verified", "false")]
    public async Task A_claim_that_is_wrong(string claim, object value) =>
        Assert.Null(await Verifier().VerifyAsync(_issuer.Issue(Alice, Now, claims => claims[claim] = value is bool flag ? flag : (string)value)));

    [Theory]
    [InlineData("iss")]
    [InlineData("aud")]
    [InlineData("exp")]
    [InlineData("email")]
    public async Task A_claim_that_is_missing(string claim) =>
        Assert.Null(await Verifier().VerifyAsync(_issuer.Issue(Alice, Now, claims => claims.Remove(claim))));

    /// <summary>A minute of difference between the clocks, and no more.</summary>
    [Theory]
    [InlineData("exp", -59, true)]
    [InlineData("exp", -61, false)]
    [InlineData("nbf", 59, true)]
    [InlineData("nbf", 61, false)]
    public async Task Its_time(string claim, int seconds, bool isGood) =>
        Assert.Equal(isGood, await Verifier().VerifyAsync(_issuer.Issue(Alice, Now, claims => claims[claim] = Now.AddSeconds(seconds).ToUnixTimeSeconds())) is not null);

    [Fact]
    public async Task A_signature_that_is_no_proof()
    {
        var verifier = Verifier();
        var good = _issuer.Issue(Alice, Now);
        var parts = good.Split('.');
        var others = _issuer.Issue("eve@ours.example", Now).Split('.');
        Assert.Null(await verifier.VerifyAsync(_issuer.Forge(Alice, Now)));
        Assert.Null(await verifier.VerifyAsync(_issuer.Unsigned(Alice, Now)));
        Assert.Null(await verifier.VerifyAsync($"{parts[0]}.{parts[1]}.{others[2]}"));
        Assert.Null(await verifier.VerifyAsync($"{parts[0]}.{others[1]}.{parts[2]}"));
        Assert.Null(await verifier.VerifyAsync("not a token"));
        Assert.Null(await verifier.VerifyAsync("a.b.c"));
        Assert.Null(await verifier.VerifyAsync(""));
        using var stranger = new TokenIssuer();
        Assert.Null(await verifier.VerifyAsync(stranger.Issue(Alice, Now)));
    }

    [Theory]
    [InlineData("scope", "imap smtp", true)]
    [InlineData("scp", "smtp", true)]
    [InlineData("scope", "smtpx", false)]
    [InlineData("unrelated", "smtp", false)]
    public async Task A_scope_that_is_wanted(string claim, string value, bool isGood)
    {
        _settings["OAuth:Scope"] = "smtp";
        Assert.Equal(isGood, await Verifier().VerifyAsync(_issuer.Issue(Alice, Now, claims => claims[claim] = value)) is not null);
    }

    [Fact]
    public async Task Another_claim_may_name_the_account()
    {
        _settings["OAuth:Claim"] = "preferred_username";
        Assert.Equal("bob@ours.example", await Verifier().VerifyAsync(_issuer.Issue(Alice, Now, claims => claims["preferred_username"] = "bob@ours.example")));
    }

    [Fact]
    public async Task A_new_key_is_found_at_its_first_token_but_made_up_ones_ask_no_more_than_once_in_ten_seconds()
    {
        var verifier = Verifier();
        Assert.NotNull(await verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        Assert.NotNull(await verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        Assert.Equal(1, _site.Requests);
        _clock.Advance(TimeSpan.FromSeconds(11));
        _issuer.Rotate("key-2");
        Assert.NotNull(await verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        Assert.Equal(2, _site.Requests);
        using var stranger = new TokenIssuer();
        for (var i = 0; i < 3; i++)
        {
            stranger.Rotate($"made-up-{i}");
            Assert.Null(await verifier.VerifyAsync(stranger.Issue(Alice, Now)));
        }
        Assert.Equal(2, _site.Requests);
    }

    [Fact]
    public async Task A_key_that_was_withdrawn_serves_for_an_hour_at_most()
    {
        var verifier = Verifier();
        var withdrawn = _issuer.Issue(Alice, Now.AddHours(1), claims => claims["nbf"] = 0);
        Assert.NotNull(await verifier.VerifyAsync(withdrawn));
        _issuer.Rotate("key-2");
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Null(await verifier.VerifyAsync(withdrawn));
    }

    [Fact]
    public async Task While_the_issuer_is_away_known_keys_serve_and_nobody_else_is_called_wrong()
    {
        _site.Status = HttpStatusCode.ServiceUnavailable;
        var verifier = Verifier();
        await Assert.ThrowsAsync<KeysUnavailableException>(() => verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        _site.Status = HttpStatusCode.OK;
        _clock.Advance(TimeSpan.FromSeconds(11));
        Assert.NotNull(await verifier.VerifyAsync(_issuer.Issue(Alice, Now)));

        _site.Status = HttpStatusCode.ServiceUnavailable;
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.NotNull(await verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        _issuer.Rotate("key-2");
        await Assert.ThrowsAsync<KeysUnavailableException>(() => verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
        _issuer.Rotate("key-1");
        _clock.Advance(TimeSpan.FromDays(1));
        await Assert.ThrowsAsync<KeysUnavailableException>(() => verifier.VerifyAsync(_issuer.Issue(Alice, Now)));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("{}")]
    [InlineData("""{"keys":[{"kty":"oct","k":"c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldA","kid":"key-1"}]}""")]
    public async Task A_set_without_keys_of_use(string body)
    {
        _site.Body = () => body;
        await Assert.ThrowsAsync<KeysUnavailableException>(() => Verifier().VerifyAsync(_issuer.Issue(Alice, Now)));
    }

    [Fact]
    public async Task A_set_that_is_too_large()
    {
        _site.Body = () => _issuer.KeySet + new string(' ', SigningKeys.MaxOctets);
        await Assert.ThrowsAsync<KeysUnavailableException>(() => Verifier().VerifyAsync(_issuer.Issue(Alice, Now)));
    }

    [Fact]
    public async Task Keys_may_be_in_a_file()
    {
        var file = Path.Combine(Scratch.NewFolder("jwks"), "keys.json");
        File.WriteAllText(file, _issuer.KeySet);
        _settings["OAuth:Keys"] = file;
        Assert.Equal(Alice, await Verifier().VerifyAsync(_issuer.Issue(Alice, Now)));
    }

    [Theory]
    [InlineData("OAuth:Issuer", null)]
    [InlineData("OAuth:Audience", null)]
    [InlineData("OAuth:Keys", null)]
    [InlineData("OAuth:Keys", "http://login.example/keys")]
    [InlineData("OAuth:Keys", "ftp://login.example/keys")]
    [InlineData("OAuth:Keys", "/no/such/file.json")]
    public void A_setting_that_is_wrong(string key, string? value)
    {
        _settings[key] = value;
        Assert.Contains(SettingException.NameOf(key), Assert.Throws<SettingException>(() => Options()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_settings_there_are_no_tokens()
    {
        _settings.Clear();
        Assert.Null(Options());
    }

    private OAuthOptions? Options() => OAuthOptions.From(new Settings(new ConfigurationBuilder().AddInMemoryCollection(_settings).Build()));

    private TokenVerifier Verifier()
    {
        var options = Options()!;
        _keys = new SigningKeys(options, new HttpClient(_site) { MaxResponseContentBufferSize = SigningKeys.MaxOctets }, _clock, NullLogger<SigningKeys>.Instance);
        return new TokenVerifier(options, _keys, _clock, NullLogger<TokenVerifier>.Instance);
    }

    private sealed class FakeSite : HttpMessageHandler
    {
        public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

        public Func<string> Body { get; set; } = () => "";

        public int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(new HttpResponseMessage(Status) { Content = new StringContent(Body()) });
        }
    }
}
