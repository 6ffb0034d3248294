using MailMesh.Accounts;
using MailMesh.Database;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Accounts;

/// <summary>A directory on a real SQLite file, with example.com and alice in it.</summary>
public sealed class AccountsFixture : IAsyncLifetime
{
    public const string Password = "correct horse";

    public FakeTimeProvider Clock { get; } = new(DateTimeOffset.UnixEpoch.AddYears(60));

    public MailDatabase Database { get; } = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("accounts"), "mailmesh.db"));

    public AccountDirectory Directory { get; private set; } = null!;

    public AccountAdministration Administration { get; private set; } = null!;

    public AccountInfo Alice { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await Database.MigrateAsync();
        Directory = new AccountDirectory(Database, Clock, new AccountDirectoryOptions("mail.example.com"));
        Administration = new AccountAdministration(Database, Clock);
        Assert.True((await Administration.AddDomainAsync("Example.com")).Done);
        Alice = await AddAsync("alice@example.com");
    }

    public async Task DisposeAsync() => await Database.DisposeAsync();

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
