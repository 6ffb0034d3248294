using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The way to the database for hot statements; sessions are pooled and keep their statements prepared.</summary>
/// <remarks>
/// SQLite has one writer at a time and makes a second one poll, so writers of this process queue at a gate instead.
/// Every write transaction is durable when <see cref="WriteAsync{T}"/> returns (WAL, synchronous=FULL).
/// </remarks>
public sealed class MailDatabase : IAsyncDisposable
{
    private readonly string _connectionString;
    private readonly DbContextOptions<MailMeshContext> _contextOptions;
    private readonly SemaphoreSlim _writeGate = new(1, 1);
    private readonly ConcurrentBag<DatabaseSession> _idle = [];

    /// <param name="path">The SQLite file; made when absent.</param>
    public MailDatabase(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString();
        _contextOptions = new DbContextOptionsBuilder<MailMeshContext>().UseSqlite(_connectionString).Options;
    }

    /// <summary>Brings the schema to this version.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var context = new MailMeshContext(_contextOptions);
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Runs statements outside a transaction, for reading.</summary>
    public async Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work)
    {
        var session = Rent();
        try
        {
            var result = await work(session);
            _idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Runs statements in one transaction and makes them durable.</summary>
    public async Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken = default)
    {
        await _writeGate.WaitAsync(cancellationToken);
        var session = Rent();
        try
        {
            session.Begin();
            var result = await work(session);
            session.Commit();
            _idle.Add(session);
            return result;
        }
        catch
        {
            session.Dispose(); // closing the connection rolls back
            throw;
        }
        finally
        {
            _writeGate.Release();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<DatabaseSession, Task> work, CancellationToken cancellationToken = default) =>
        WriteAsync(async session =>
        {
            await work(session);
            return true;
        }, cancellationToken);

    /// <summary>EF Core, for reading where no statement is hot.</summary>
    public async Task<T> QueryAsync<T>(Func<MailMeshContext, Task<T>> query)
    {
        await using var context = new MailMeshContext(_contextOptions);
        return await query(context);
    }

    /// <summary>EF Core, for changes where no statement is hot; what <paramref name="change"/> leaves unsaved is saved.</summary>
    public async Task<T> ChangeAsync<T>(Func<MailMeshContext, Task<T>> change, CancellationToken cancellationToken = default)
    {
        await _writeGate.WaitAsync(cancellationToken);
        try
        {
            await using var context = new MailMeshContext(_contextOptions);
            await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
            var result = await change(context);
            await context.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return result;
        }
        finally
        {
            _writeGate.Release();
        }
    }

    public ValueTask DisposeAsync()
    {
        while (_idle.TryTake(out var session))
            session.Dispose();
        _writeGate.Dispose();
        return ValueTask.CompletedTask;
    }

    private DatabaseSession Rent()
    {
        if (_idle.TryTake(out var session))
            return session;
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        pragmas.CommandText = "PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-16384";
        pragmas.ExecuteNonQuery();
        return new DatabaseSession(connection);
    }
}
