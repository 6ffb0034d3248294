using MailMesh.Database;

namespace MailMesh.Contract.Tests;

public sealed class SqliteOutboundQueueTests : OutboundQueueContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("outbound").FullName;

    protected override async Task<MailDatabase> OpenDatabaseAsync()
    {
        var database = MailDatabase.OnSqlite(Path.Combine(_folder, "mailmesh.db"));
        await database.MigrateAsync();
        return database;
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}
