using System.Net;
using MailMesh.Accounts;
using MailMesh.Database;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Contract.Tests.Accounts;

/// <summary>Which addresses may send without authentication: what an operator lists, every copy follows.</summary>
public abstract class RelayClientsContract(DatabaseEngine engine) : IAsyncLifetime
{
    /// <summary>Longer than a copy trusts what it read.</summary>
    private static readonly TimeSpan Later = TimeSpan.FromSeconds(5);

    private readonly AccountsFixture _mail = new(engine);
    private RelayClientAdministration _table = null!;
    private RelayClients _clients = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _table = new RelayClientAdministration(_mail.Database, _mail.Clock);
        _clients = new RelayClients(new RelayClientAdministration(_mail.Database, _mail.Clock), _mail.Clock, NullLogger<RelayClients>.Instance);
    }

    public Task DisposeAsync() => _mail.DisposeAsync();

    [ContractTheory]
    [InlineData("192.0.2.7", "192.0.2.0/24")]
    [InlineData("192.0.2.130", "192.0.2.128/25")]
    [InlineData("192.0.2.131", "192.0.2.131/32")]
    [InlineData("::ffff:192.0.2.131", "192.0.2.131/32")]
    [InlineData("10.255.255.255", "10.0.0.0/8")]
    [InlineData("2001:db8:1:2::7", "2001:db8:1::/48")]
    [InlineData("2001:db8:1::25", "2001:db8:1::25/128")]
    [InlineData("192.0.3.0", null)]
    [InlineData("192.0.1.255", null)]
    [InlineData("11.0.0.0", null)]
    [InlineData("2001:db8:2::1", null)]
    [InlineData("::1", null)]
    public async Task The_longest_prefix_counts(string address, string? expected)
    {
        foreach (var network in (string[])["192.0.2.9/24", "192.0.2.128/25", "192.0.2.131", "10.0.0.0/8", "2001:db8:1::/48", "2001:db8:1::25"])
            Assert.True((await _table.AddAsync(new NewRelayClient(network))).Done);
        Assert.Equal(expected, (await _clients.FindAsync(IPAddress.Parse(address)))?.Network);
    }

    [ContractFact]
    public async Task Changes_are_followed_within_seconds()
    {
        var printer = IPAddress.Parse("192.0.2.7");
        Assert.Null(await _clients.FindAsync(printer));
        var added = (await _table.AddAsync(new NewRelayClient("192.0.2.0/24", "printers", "noreply@example.com", 500))).Value;
        Assert.Equal(new RelayClientInfo("192.0.2.0/24", "printers", "noreply@example.com", 500, _mail.Clock.GetUtcNow()), added);
        _mail.Clock.Advance(Later);
        Assert.Equal(added, await _clients.FindAsync(printer));
        Assert.True((await _table.RemoveAsync("192.0.2.7/24")).Done);
        _mail.Clock.Advance(Later);
        Assert.Null(await _clients.FindAsync(printer));
    }

    [ContractTheory]
    [InlineData("0.0.0.0/0", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("::/0", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("128.0.0.0/7", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("2000::/3", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("printer.example", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("192.0.2.0/33", null, null, DirectoryRefusal.InvalidName)]
    [InlineData("192.0.2.0/24", "no address", null, DirectoryRefusal.InvalidAddress)]
    [InlineData("192.0.2.0/24", null, 0L, DirectoryRefusal.InvalidName)]
    [InlineData("10.1.2.3", null, null, DirectoryRefusal.AlreadyExists)]
    public async Task A_client_that_cannot_be_added(string network, string? sender, long? quota, DirectoryRefusal expected)
    {
        await _table.AddAsync(new NewRelayClient("10.1.2.3/32"));
        var outcome = await _table.AddAsync(new NewRelayClient(network, null, sender, quota));
        Assert.Equal((false, expected), (outcome.Done, outcome.Refusal));
    }

    [ContractFact]
    public async Task Clients_are_listed_in_pages()
    {
        foreach (var network in (string[])["10.0.0.3", "10.0.0.1", "10.0.0.2"])
            await _table.AddAsync(new NewRelayClient(network));
        Assert.Equal(["10.0.0.2/32", "10.0.0.3/32"], (await _table.ListAsync("10.0.0.1/32", 5)).Select(client => client.Network));
        Assert.Single(await _table.ListAsync(limit: 1));
        Assert.Equal(DirectoryRefusal.NotFound, (await _table.RemoveAsync("10.0.0.4")).Refusal);
    }

    [ContractFact]
    public async Task While_the_database_is_away_what_was_last_read_stands()
    {
        await using var database = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("away"), "mailmesh.db"));
        var clients = new RelayClients(new RelayClientAdministration(database, _mail.Clock), _mail.Clock, NullLogger<RelayClients>.Instance);
        await Assert.ThrowsAsync<IOException>(async () => await clients.FindAsync(IPAddress.Parse("10.0.0.1"))); // no schema
        await database.MigrateAsync();
        await new RelayClientAdministration(database, _mail.Clock).AddAsync(new NewRelayClient("10.0.0.1"));
        _mail.Clock.Advance(Later);
        Assert.NotNull(await clients.FindAsync(IPAddress.Parse("10.0.0.1")));
        await database.WriteAsync(session => session.ExecuteAsync("ALTER TABLE relay_clients RENAME TO gone"));
        _mail.Clock.Advance(Later);
        Assert.NotNull(await clients.FindAsync(IPAddress.Parse("10.0.0.1")));
    }
}
