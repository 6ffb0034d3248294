using MailMesh.Accounts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

/// <summary>accounts.scram: what an account keeps for SCRAM is always of its present password.</summary>
public abstract class ScramContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const string Password = AccountsFixture.Password;
    private const string Alice = "alice@example.com";

    private readonly AccountsFixture _mail = new(engine);

    public Task InitializeAsync() => _mail.InitializeAsync();

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractFact]
    public async Task A_new_account_has_credentials_of_its_password()
    {
        Assert.Matches(@"^SCRAM-SHA-256\$65536:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$", await StoredAsync());
        Assert.True(await OpensAsync(Alice, Password));
        Assert.True(await OpensAsync("Alice@EXAMPLE.com", Password));
        Assert.False(await OpensAsync(Alice, "correct horsf"));
    }

    [ContractFact]
    public async Task A_changed_password_is_in_force_at_once()
    {
        await _mail.Administration.SetPasswordAsync(Alice, "another horse");
        Assert.False(await OpensAsync(Alice, Password));
        Assert.True(await OpensAsync(Alice, "another horse"));
    }

    [ContractFact]
    public async Task A_disabled_a_removed_and_an_unknown_account_open_to_nobody_and_look_alike()
    {
        var unknown = await _mail.Directory.FindScramAsync(Alice.Replace("alice", "nobody", StringComparison.Ordinal));
        Assert.Equal(16, unknown.Salt.Length);
        Assert.Equal(65_536, unknown.Iterations);
        await _mail.Administration.SetEnabledAsync(Alice, false);
        Assert.False(await OpensAsync(Alice, Password));
        Assert.Null(await _mail.Directory.FindAsync(Alice));
        var disabled = await _mail.Directory.FindScramAsync(Alice);
        await _mail.Administration.RemoveAccountAsync(Alice);
        Assert.Equal(disabled.Salt.ToArray(), (await _mail.Directory.FindScramAsync(Alice)).Salt.ToArray());
        Assert.False(await OpensAsync(Alice, Password));
    }

    /// <summary>Accounts are older than SCRAM: the next login with the password makes what is missing, once.</summary>
    [ContractFact]
    public async Task What_is_missing_is_made_at_the_next_login()
    {
        await StoreAsync(null);
        Assert.False(await OpensAsync(Alice, Password));
        Assert.Null(await _mail.Directory.AuthenticateAsync(Alice, "wrong"));
        Assert.Null(await StoredAsync());
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, Password));
        Assert.True(await OpensAsync(Alice, Password));
        var stored = await StoredAsync();
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, Password));
        Assert.Equal(stored, await StoredAsync());
    }

    [ContractTheory]
    [InlineData("damaged")]
    [InlineData("SCRAM-SHA-256$4096:AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public async Task What_is_damaged_or_weaker_is_made_again(string stored)
    {
        await StoreAsync(stored);
        Assert.False(await OpensAsync(Alice, Password));
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, Password));
        Assert.True(await OpensAsync(Alice, Password));
    }

    /// <summary>A copy of the version before knows the hash alone: what it leaves in scram is of the old password.</summary>
    [ContractFact]
    public async Task Credentials_that_do_not_go_with_the_hash_open_nothing()
    {
        var hash = await PasswordHash.CreateAsync("changed by the version before");
        await _mail.Database.WriteAsync(session => session.ExecuteAsync("UPDATE accounts SET password_hash = @hash", ("hash", hash)));
        Assert.False(await OpensAsync(Alice, Password));
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, "changed by the version before"));
        Assert.True(await OpensAsync(Alice, "changed by the version before"));
    }

    [ContractFact]
    public async Task A_password_that_SASLprep_does_not_take_has_none()
    {
        await _mail.Administration.SetPasswordAsync(Alice, "bell\a");
        Assert.Null(await StoredAsync());
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, "bell\a"));
        Assert.Null(await StoredAsync());
    }

    [ContractFact]
    public async Task An_account_is_found_by_its_own_address_alone()
    {
        await _mail.AliasAsync("team@example.com", Alice);
        Assert.Equal(new AuthenticatedAccount(_mail.Alice.Id, Alice), await _mail.Directory.FindAsync("Alice@example.com"));
        Assert.Null(await _mail.Directory.FindAsync("team@example.com"));
        Assert.Null(await _mail.Directory.FindAsync("alice+detail@example.com"));
        Assert.Null(await _mail.Directory.FindAsync("no address"));
    }

    /// <summary>As a client would, with what the directory shows of the name.</summary>
    private async Task<bool> OpensAsync(string user, string password)
    {
        var credentials = await _mail.Directory.FindScramAsync(user);
        var client = new ScramClient(user, password);
        var challenge = $"r=abc,s={Convert.ToBase64String(credentials.Salt.Span)},i={credentials.Iterations}";
        var final = client.Final(challenge);
        var proof = final.LastIndexOf(",p=", StringComparison.Ordinal);
        var authMessage = System.Text.Encoding.UTF8.GetBytes($"{client.First["n,,".Length..]},{challenge},{final[..proof]}");
        return credentials.Verify(authMessage, Convert.FromBase64String(final[(proof + 3)..]), out _);
    }

    private Task StoreAsync(string? scram) => _mail.Database.WriteAsync(session => session.ExecuteAsync("UPDATE accounts SET scram = @scram", ("scram", scram)));

    private Task<string?> StoredAsync() => _mail.Database.ReadAsync(session => session.ScalarAsync<string>("SELECT scram FROM accounts"));
}
