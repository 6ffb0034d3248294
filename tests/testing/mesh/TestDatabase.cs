using Npgsql;

namespace MailMesh.Testing;

/// <summary>An empty PostgreSQL database of one test, dropped when disposed.</summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly string _server;
    private readonly string _name;
    private readonly List<string> _roles = [];

    private TestDatabase(string server, string name)
    {
        _server = server;
        _name = name;
        ConnectionString = new NpgsqlConnectionStringBuilder(server) { Database = name }.ConnectionString;
    }

    public string ConnectionString { get; }

    /// <param name="server">Connection string of a user who may make databases; the engine of tests/run where null.</param>
    public static async Task<TestDatabase> CreateAsync(string? server = null)
    {
        var database = new TestDatabase(server ?? EngineAddresses.FromEnvironment().Postgres, $"test_{Guid.NewGuid():N}");
        await database.ExecuteAsync($"CREATE DATABASE {database._name}");
        return database;
    }

    /// <summary>The connection string of a new role that may connect and do nothing else.</summary>
    public async Task<string> NewPowerlessRoleAsync(string password)
    {
        var role = $"powerless_{Guid.NewGuid():N}";
        await ExecuteAsync($"CREATE ROLE {role} LOGIN PASSWORD '{password}'");
        _roles.Add(role);
        return new NpgsqlConnectionStringBuilder(ConnectionString) { Username = role, Password = password }.ConnectionString;
    }

    /// <summary>Drops the database, whoever is still connected.</summary>
    public async ValueTask DisposeAsync()
    {
        await using (var pooled = new NpgsqlConnection(ConnectionString))
            NpgsqlConnection.ClearPool(pooled);
        await ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        foreach (var role in _roles)
            await ExecuteAsync($"DROP ROLE {role}");
    }

    private async Task ExecuteAsync(string statement)
    {
        // Not pooled: a connection that stays open would count against the server's limit all through the tests.
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(_server) { Pooling = false }.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(statement, connection);
        await command.ExecuteNonQueryAsync();
    }
}
