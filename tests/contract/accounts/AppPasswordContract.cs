using MailMesh.Accounts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Accounts;

/// <summary>Passwords of single devices.</summary>
public abstract class AppPasswordContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const string Alice = "alice@example.com";

    private readonly AccountsFixture _mail = new(engine);
    private AppPasswordAdministration _passwords = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _passwords = new AppPasswordAdministration(_mail.Database, _mail.Clock);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractFact]
    public async Task Each_device_has_its_own_until_it_is_removed()
    {
        var phone = await AddAsync("Phone");
        var laptop = await AddAsync("Laptop");
        Assert.NotEqual(phone, laptop);
        Assert.Matches("^([a-km-np-z2-9]{5}-){3}[a-km-np-z2-9]{5}$", phone);
        var expected = new AuthenticatedAccount(_mail.Alice.Id, Alice);
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync("Alice@example.com", phone));
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync(Alice, laptop));
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync(Alice, AccountsFixture.Password));
        Assert.True((await _passwords.RemoveAsync(Alice, "Phone")).Done);
        Assert.Null(await _mail.Directory.AuthenticateAsync(Alice, phone));
        Assert.Equal(expected, await _mail.Directory.AuthenticateAsync(Alice, laptop));
    }

    [ContractFact]
    public async Task It_is_taken_as_people_type_it()
    {
        var password = await AddAsync("Phone");
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, password.Replace('-', ' ').ToUpperInvariant()));
        Assert.NotNull(await _mail.Directory.AuthenticateAsync(Alice, password.Replace("-", "", StringComparison.Ordinal)));
        Assert.Null(await _mail.Directory.AuthenticateAsync(Alice, password[..^1]));
        Assert.Null(await _mail.Directory.AuthenticateAsync(Alice, password + "a"));
    }

    [ContractFact]
    public async Task It_opens_no_other_account_and_no_disabled_one_and_nothing_on_the_web()
    {
        var bob = await _mail.AddAsync("bob@example.com");
        var password = await AddAsync("Phone");
        Assert.Null(await _mail.Directory.AuthenticateAsync(bob.Address, password));
        Assert.Equal(default, await _mail.Directory.CheckForWebAsync(Alice, password, null));
        await _mail.Administration.SetEnabledAsync(Alice, false);
        Assert.Null(await _mail.Directory.AuthenticateAsync(Alice, password));
    }

    [ContractFact]
    public async Task The_list_says_when_each_was_used()
    {
        var password = await AddAsync("Phone");
        await AddAsync("Laptop");
        Assert.Equal([("Laptop", null), ("Phone", null)], (await _passwords.ListAsync(Alice)).Select(row => (row.Name, row.UsedAt)));
        _mail.Clock.Advance(TimeSpan.FromHours(1));
        var used = _mail.Clock.GetUtcNow();
        await _mail.Directory.AuthenticateAsync(Alice, password);
        _mail.Clock.Advance(TimeSpan.FromMinutes(1));
        await _mail.Directory.AuthenticateAsync(Alice, password);
        Assert.Equal([null, used], (await _passwords.ListAsync(Alice)).Select(row => row.UsedAt));
    }

    [ContractFact]
    public async Task What_cannot_be_is_refused()
    {
        await AddAsync("Phone");
        Assert.Equal(DirectoryRefusal.AlreadyExists, (await _passwords.AddAsync(Alice, " Phone ")).Refusal);
        Assert.Equal(DirectoryRefusal.InvalidName, (await _passwords.AddAsync(Alice, " ")).Refusal);
        Assert.Equal(DirectoryRefusal.InvalidName, (await _passwords.AddAsync(Alice, new string('x', 101))).Refusal);
        Assert.Equal(DirectoryRefusal.NotFound, (await _passwords.AddAsync("nobody@example.com", "Phone")).Refusal);
        Assert.Equal(DirectoryRefusal.NotFound, (await _passwords.RemoveAsync(Alice, "Tablet")).Refusal);
        for (var i = 1; i < AppPasswordAdministration.MaxPerAccount; i++)
            await AddAsync($"Device {i}");
        Assert.Equal(DirectoryRefusal.InvalidName, (await _passwords.AddAsync(Alice, "One more")).Refusal);
    }

    private async Task<string> AddAsync(string name)
    {
        var outcome = await _passwords.AddAsync(Alice, name);
        Assert.True(outcome.Done, outcome.Reason);
        return outcome.Value.Password;
    }
}
