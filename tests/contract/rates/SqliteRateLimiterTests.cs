using MailMesh.Database;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Rates;

public sealed class SqliteRateLimiterTests : RateLimiterContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("rates").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override async Task<MailDatabase> OpenDatabaseAsync()
    {
        var database = MailDatabase.OnSqlite(Path.Combine(_folder, "mailmesh.db"));
        await database.MigrateAsync();
        return database;
    }
}
