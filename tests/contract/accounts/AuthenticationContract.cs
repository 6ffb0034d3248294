using System.Diagnostics;
using MailMesh.Accounts;
using MailMesh.Testing;
using NSec.Cryptography;

namespace MailMesh.Contract.Tests.Accounts;

public abstract class AuthenticationContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const string Password = AccountsFixture.Password;

    private readonly AccountsFixture _mail = new(engine);

    public Task InitializeAsync() => _mail.InitializeAsync();

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractFact]
    public async Task The_right_password_is_the_account()
    {
        var expected = new AuthenticatedAccount(_mail.Alice.Id, "alice@example.com");
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync("Alice@EXAMPLE.com", Password));
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
    }

    [ContractTheory]
    [InlineData("alice@example.com", "correct horsf")]
    [InlineData("alice@example.com", "")]
    [InlineData("bob@example.com", Password)]
    [InlineData("alice+x@example.com", Password)]
    [InlineData("alice", Password)]
    [InlineData("", "")]
    public async Task Anything_else_is_nobody(string user, string password)
    {
        await _mail.Directory.AuthenticateAsync("alice@example.com", Password); // now known in memory
        Assert.Null(await _mail.Directory.AuthenticateAsync(user, password));
    }

    [ContractFact]
    public async Task A_changed_password_is_in_force_at_once()
    {
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        await _mail.Administration.SetPasswordAsync("alice@example.com", "another horse");
        Assert.Null(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", "another horse"));
    }

    [ContractFact]
    public async Task A_disabled_or_removed_account_is_nobody_at_once()
    {
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        await _mail.Administration.SetEnabledAsync("alice@example.com", false);
        Assert.Null(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        await _mail.Administration.SetEnabledAsync("alice@example.com", true);
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        await _mail.Administration.RemoveAccountAsync("alice@example.com");
        Assert.Null(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
    }

    [ContractFact]
    public async Task A_weak_hash_is_made_again_at_login()
    {
        var weak = WeakHash(Password);
        await StoreAsync(weak);
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        var stored = await StoredAsync();
        Assert.StartsWith("$argon2id$v=19$m=19456,t=2,p=1$", stored);
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        Assert.Equal(stored, await StoredAsync());
    }

    [ContractTheory]
    [InlineData("")]
    [InlineData("{PLAIN}correct horse")]
    [InlineData("$argon2id$v=19$m=99999999,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$$")]
    [InlineData("$argon2id$v=19$m=19456,t=2,p=1$!!!!$AAAA")]
    public async Task A_damaged_hash_matches_nothing(string stored)
    {
        await StoreAsync(stored);
        Assert.Null(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
    }

    /// <summary>The memory forgets after five minutes: the hash is asked again, which a changed row would show.</summary>
    [ContractFact]
    public async Task A_known_password_answers_without_hashing_and_is_forgotten_in_time()
    {
        await _mail.Directory.AuthenticateAsync("alice@example.com", Password);
        Assert.True(await FastestAsync() < TimeSpan.FromMilliseconds(5));
        _mail.Clock.Advance(TimeSpan.FromMinutes(5));
        var started = Stopwatch.GetTimestamp();
        Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
        Assert.True(Stopwatch.GetElapsedTime(started) > TimeSpan.FromMilliseconds(5));

        async Task<TimeSpan> FastestAsync()
        {
            var fastest = TimeSpan.MaxValue;
            for (var i = 0; i < 20; i++)
            {
                var start = Stopwatch.GetTimestamp();
                Assert.NotNull(await _mail.Directory.AuthenticateAsync("alice@example.com", Password));
                var took = Stopwatch.GetElapsedTime(start);
                fastest = took < fastest ? took : fastest;
            }
            return fastest;
        }
    }

    private Task StoreAsync(string hash) => _mail.Database.WriteAsync(session =>
        session.ExecuteAsync("UPDATE accounts SET password_hash = @hash", ("hash", hash)));

    private Task<string?> StoredAsync() => _mail.Database.ReadAsync(session => session.ScalarAsync<string>("SELECT password_hash FROM accounts"));

    private static string WeakHash(string password)
    {
        var salt = new byte[16];
        var argon2 = new Argon2id(new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 8192, NumberOfPasses = 1 });
        var hash = argon2.DeriveBytes(System.Text.Encoding.UTF8.GetBytes(password), salt, 32);
        return $"$argon2id$v=19$m=8192,t=1,p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(hash).TrimEnd('=')}";
    }
}
