using MailMesh.Accounts;
using MailMesh.Testing;
using OtpNet;

namespace MailMesh.Contract.Tests.Accounts;

/// <summary>Codes of an authenticator, and the sessions that stand for them.</summary>
public abstract class SecondFactorContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const string Alice = "alice@example.com";
    private const string Password = AccountsFixture.Password;

    /// <summary>RFC 6238 appendix B.</summary>
    private const string RfcSecret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    private readonly AccountsFixture _mail = new(engine);
    private SecondFactor _factor = null!;
    private WebSessions _sessions = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _factor = new SecondFactor(_mail.Database, _mail.Clock);
        _sessions = new WebSessions(_mail.Database, _mail.Clock, new byte[32]);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractFact]
    public async Task Codes_are_those_of_the_RFC()
    {
        _mail.Clock.SetUtcNow(DateTimeOffset.FromUnixTimeSeconds(2_000_000_000)); // the appendix' last but one, of which an authenticator shows six digits
        Assert.False(await _factor.SetAsync(_mail.Alice.Id, RfcSecret, "279038"));
        Assert.True(await _factor.SetAsync(_mail.Alice.Id, RfcSecret, "279037"));
    }

    [ContractFact]
    public async Task With_it_the_web_asks_for_a_code_which_opens_once()
    {
        var totp = await TurnOnAsync();
        Assert.Equal(new PasswordCheck(null, NeedsSecondFactor: true), await _mail.Directory.CheckForWebAsync(Alice, Password, null));
        Assert.Equal(default, await _mail.Directory.CheckForWebAsync(Alice, "wrong", Code(totp)));
        Assert.Equal(default, await _mail.Directory.CheckForWebAsync(Alice, Password, "000000"));
        _mail.Clock.Advance(TimeSpan.FromSeconds(30));
        var code = Code(totp);
        Assert.Equal(_mail.Alice.Id, (await _mail.Directory.CheckForWebAsync(Alice, Password, code)).Account?.Id);
        Assert.Equal(default, await _mail.Directory.CheckForWebAsync(Alice, Password, code));
        _mail.Clock.Advance(TimeSpan.FromSeconds(30));
        Assert.NotNull((await _mail.Directory.CheckForWebAsync(Alice, Password, Code(totp))).Account);
        _mail.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(default, await _mail.Directory.CheckForWebAsync(Alice, Password, Code(totp, TimeSpan.FromMinutes(-2))));
    }

    [ContractFact]
    public async Task With_it_the_own_password_opens_no_mail_program_and_an_application_password_does()
    {
        var passwords = new AppPasswordAdministration(_mail.Database, _mail.Clock);
        var phone = (await passwords.AddAsync(Alice, "Phone")).Value!.Password;
        await _mail.Directory.AuthenticateAsync(Alice, Password); // known in memory, and with credentials for SCRAM
        await TurnOnAsync();
        Assert.Equal(new PasswordCheck(null, NeedsSecondFactor: true), await _mail.Directory.CheckForMailAsync(Alice, Password));
        Assert.Equal(default, await _mail.Directory.CheckForMailAsync(Alice, "wrong"));
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, phone));
        // What SCRAM is shown is what a name that does not exist is shown: drawn from the name, and the same for each asking.
        Assert.NotEqual(await StoredScramAsync(), (await _mail.Directory.FindScramAsync(Alice)).Stored);
        await _factor.RemoveAsync(Alice);
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, Password));
        Assert.Equal(await StoredScramAsync(), (await _mail.Directory.FindScramAsync(Alice)).Stored);
    }

    [ContractTheory]
    [InlineData("")]
    [InlineData("GEZDGNBV")]
    [InlineData("no base32 !")]
    public async Task A_secret_that_is_none_is_refused(string secret) => Assert.False(await _factor.SetAsync(_mail.Alice.Id, secret, "000000"));

    [ContractFact]
    public async Task A_session_ends_in_time_and_with_every_change_of_what_opens_the_account()
    {
        var first = (await _sessions.BeginAsync(_mail.Alice.Id))!.Value;
        Assert.Equal(new AuthenticatedAccount(_mail.Alice.Id, Alice), await _sessions.FindAsync(first.Token));
        Assert.Null(await _sessions.FindAsync(first.Token[..^2] + (first.Token.EndsWith("AA", StringComparison.Ordinal) ? "BB" : "AA")));
        Assert.Null(await _sessions.FindAsync("no token"));
        Assert.Null(await new WebSessions(_mail.Database, _mail.Clock, [.. Enumerable.Repeat((byte)1, 32)]).FindAsync(first.Token));

        await TurnOnAsync();
        Assert.Null(await _sessions.FindAsync(first.Token));
        var second = (await _sessions.BeginAsync(_mail.Alice.Id))!.Value;
        await _mail.Administration.SetPasswordAsync(Alice, "another horse");
        Assert.Null(await _sessions.FindAsync(second.Token));
        var third = (await _sessions.BeginAsync(_mail.Alice.Id))!.Value;
        _mail.Clock.Advance(WebSessions.Lifetime - TimeSpan.FromSeconds(2));
        Assert.NotNull(await _sessions.FindAsync(third.Token));
        _mail.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await _sessions.FindAsync(third.Token));
        var fourth = (await _sessions.BeginAsync(_mail.Alice.Id))!.Value;
        await _mail.Administration.SetEnabledAsync(Alice, false);
        Assert.Null(await _sessions.FindAsync(fourth.Token));
        Assert.Null(await _sessions.BeginAsync(_mail.Alice.Id));
    }

    private async Task<Totp> TurnOnAsync()
    {
        var offer = SecondFactor.Offer(new AuthenticatedAccount(_mail.Alice.Id, Alice), "mx.example.com");
        Assert.StartsWith("otpauth://totp/mx.example.com:alice%40example.com?secret=" + offer.Secret, offer.Uri, StringComparison.Ordinal);
        var totp = new Totp(Base32Encoding.ToBytes(offer.Secret));
        Assert.True(await _factor.SetAsync(_mail.Alice.Id, offer.Secret, Code(totp)));
        return totp;
    }

    private string Code(Totp totp, TimeSpan offset = default) => totp.ComputeTotp((_mail.Clock.GetUtcNow() + offset).UtcDateTime);

    private Task<string?> StoredScramAsync() => _mail.Database.ReadAsync(session =>
        session.ScalarAsync<string>("SELECT scram FROM accounts WHERE address = @address", ("address", Alice)));
}
