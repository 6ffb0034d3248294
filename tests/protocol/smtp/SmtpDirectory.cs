using MailMesh.Accounts;
using MailMesh.Database;
using MailMesh.Hosting;
using MailMesh.Scheduled;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>A real directory for all SMTP transcripts: ours.example with alice, bob and 用户, the aliases sales and info, and dangling, which leads nowhere.</summary>
public sealed class SmtpDirectory : IAsyncLifetime
{
    public MailDatabase Database { get; private set; } = null!;

    public AccountDirectory Accounts { get; private set; } = null!;

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
        await administration.AddAliasAsync("sales@ours.example", "alice@ours.example");
        await administration.AddAliasAsync("info@ours.example", "bob@ours.example");
        await administration.AddAliasAsync("dangling@ours.example", "gone@ours.example");
    }
}

[CollectionDefinition("smtp")]
public sealed class SmtpCollection : ICollectionFixture<SmtpDirectory>;
