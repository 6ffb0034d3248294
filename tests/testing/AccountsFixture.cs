using MailMesh.Accounts;
using MailMesh.Database;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace MailMesh.Testing;

/// <summary>A directory on a real database, with example.com and alice in it.</summary>
public sealed class AccountsFixture(DatabaseEngine engine = DatabaseEngine.Sqlite) : IAsyncLifetime
{
    private EngineDatabase _engine = null!;

    public const string Password = "correct horse";

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(60));

    public MailDatabase Database => _engine.Main;

    public AccountDirectory Directory { get; private set; } = null!;

    public AccountAdministration Administration { get; private set; } = null!;

    public AccountInfo Alice { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        _engine = await EngineDatabase.CreateAsync(engine);
        Directory = new AccountDirectory(Database, Clock, new AccountDirectoryOptions("mail.example.com"));
        Administration = new AccountAdministration(Database, Clock);
        Assert.True((await Administration.AddDomainAsync("Example.com")).Done);
        Alice = await AddAsync("alice@example.com");
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    /// <summary>The administration as another copy has it.</summary>
    public AccountAdministration AnotherAdministration() => new(_engine.Connect(), Clock);

    public async Task<AccountInfo> AddAsync(string address)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        var outcome = await Administration.AddAccountAsync(address, Password);
        Assert.True(outcome.Done, outcome.Reason);
        return outcome.Value;
    }

    public async Task AliasAsync(string source, string target)
    {
        var outcome = await Administration.AddAliasAsync(source, target);
        Assert.True(outcome.Done, outcome.Reason);
    }
}
