using System.Net;
using MailMesh.Accounts;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Scheduled;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>A real directory for all SMTP transcripts: ours.example with alice, bob, 用户 and small, who has a quota of 1000 octets, the aliases tiny (for small), sales and info, and dangling and round, which lead nowhere.</summary>
public sealed class SmtpDirectory : IAsyncLifetime
{
    public MailDatabase Database { get; private set; } = null!;

    public AccountDirectory Accounts { get; private set; } = null!;

    /// <summary>Read once: its clock stands still.</summary>
    public RelayClients RelayClients { get; private set; } = null!;

    public TrackingLog Tracking { get; private set; } = null!;

    public ScheduledMail Scheduled { get; private set; } = null!;

    public ServerCertificate Certificate { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        var folder = Scratch.NewFolder("smtp");
        Database = MailDatabase.OnSqlite(Path.Combine(folder, "mailmesh.db"));
        await Database.MigrateAsync();
        Accounts = new AccountDirectory(Database, TimeProvider.System, new AccountDirectoryOptions("mx.ours.example"));
        Tracking = new TrackingLog(Database, TimeProvider.System);
        Scheduled = new ScheduledMail(Database, Tracking, TimeProvider.System, NullLogger<ScheduledMail>.Instance);
        var settings = new Dictionary<string, string?> { ["Data"] = folder, ["Hostname"] = "mx.ours.example" };
        Certificate = new ServerCertificate(MailMeshOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()));
        await FillAsync(new AccountAdministration(Database, TimeProvider.System));
        var clients = new RelayClientAdministration(Database, TimeProvider.System);
        await FillAsync(clients);
        RelayClients = new RelayClients(clients, new FakeTimeProvider(), NullLogger<RelayClients>.Instance);
        Assert.NotNull(await RelayClients.FindAsync(IPAddress.Parse("10.77.0.7")));
        await new SendGrantAdministration(Database, TimeProvider.System).AddAsync("bob@ours.example", "team@partner.example");
    }

    public async Task DisposeAsync()
    {
        await Scheduled.DisposeAsync();
        await Tracking.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static async Task FillAsync(AccountAdministration administration)
    {
        await administration.AddDomainAsync("ours.example");
        await administration.AddAccountAsync("alice@ours.example", "wonderland");
        await administration.AddAccountAsync("bob@ours.example", "builder");
        await administration.AddAccountAsync("用户@ours.example", "密码");
        await administration.AddAccountAsync("small@ours.example", "small");
        await administration.SetQuotaAsync("small@ours.example", 1000, null);
        await administration.AddAliasAsync("tiny@ours.example", "small@ours.example");
        await administration.AddAliasAsync("sales@ours.example", "alice@ours.example");
        await administration.AddAliasAsync("info@ours.example", "bob@ours.example");
        await administration.AddAliasAsync("round@ours.example", "about@ours.example");
        await administration.AddAliasAsync("about@ours.example", "round@ours.example");
        await administration.AddAliasAsync("dangling@ours.example", "gone@ours.example");
    }

    /// <summary>Networks of printers and programs; the narrower ones lie within the first.</summary>
    private static async Task FillAsync(RelayClientAdministration clients)
    {
        await clients.AddAsync(new NewRelayClient("10.77.0.0/24", "printers"));
        await clients.AddAsync(new NewRelayClient("10.77.0.64/26", "scanners", "noreply@ours.example"));
        await clients.AddAsync(new NewRelayClient("10.77.0.200", "chatty", MessagesPerDay: 2));
        await clients.AddAsync(new NewRelayClient("2001:db8:25::/48"));
    }
}

[CollectionDefinition("smtp")]
public sealed class SmtpCollection : ICollectionFixture<SmtpDirectory>;
