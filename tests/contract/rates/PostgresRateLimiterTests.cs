using MailMesh.Database;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Rates;

public sealed class PostgresRateLimiterTests : RateLimiterContract
{
    private TestDatabase _postgres = null!;

    public override async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        _postgres = await TestDatabase.CreateAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    protected override async Task<MailDatabase> OpenDatabaseAsync()
    {
        var database = MailDatabase.OnPostgres(_postgres.ConnectionString);
        await database.MigrateAsync();
        return database;
    }
}
