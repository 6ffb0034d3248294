using MailMesh.Database;

namespace MailMesh.Testing;

/// <summary>A database of one test on one of the engines, with the schema and without rows; gone when disposed.</summary>
public sealed class EngineDatabase : IAsyncDisposable
{
    private readonly TestDatabase? _postgres;
    private readonly List<MailDatabase> _connected = [];

    private EngineDatabase(TestDatabase? postgres)
    {
        _postgres = postgres;
        Main = Connect();
    }

    public MailDatabase Main { get; }

    public static async Task<EngineDatabase> CreateAsync(DatabaseEngine engine)
    {
        var database = new EngineDatabase(engine == DatabaseEngine.Postgres ? await TestDatabase.CreateAsync() : null);
        await database.Main.MigrateAsync();
        return database;
    }

    /// <summary>What another copy of a service would use: sessions of its own on the same database. On SQLite there is one copy.</summary>
    public MailDatabase Connect()
    {
        if (_postgres is null && _connected.Count > 0)
            return Main;
        var connected = _postgres is null
            ? MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("database"), "mailmesh.db"))
            : MailDatabase.OnPostgres(_postgres.ConnectionString);
        _connected.Add(connected);
        return connected;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connected in _connected)
            await connected.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }
}
