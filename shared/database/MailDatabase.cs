using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The way to the database for hot statements; sessions are pooled and keep their statements prepared.</summary>
/// <remarks>
/// SQLite has one writer at a time, and each durable commit costs an fsync. So the writers of this process gather: while
/// one transaction is made durable the next callers wait, and the next transaction takes them all, each behind a savepoint
/// of its own, so that one that fails is rolled back alone. Everything is durable when <see cref="WriteAsync{T}"/> returns
/// (WAL, synchronous=FULL).
/// </remarks>
public sealed class MailDatabase : IAsyncDisposable
{
    /// <summary>Most callers in a transaction.</summary>
    private const int MaxGroup = 256;

    /// <summary>A transaction takes no more callers after this, so that none waits long for its durability.</summary>
    private static readonly TimeSpan MaxGathering = TimeSpan.FromMilliseconds(50);

    /// <summary>Readers kept for the next; SQLite reads block a thread each, so there are seldom more.</summary>
    private const int MaxIdle = 16;

    private readonly string _connectionString;
    private readonly DbContextOptions<MailMeshContext> _contextOptions;
    private readonly SemaphoreSlim _writeGate = new(1, 1);
    private readonly ConcurrentStack<DatabaseSession> _idle = []; // the last one used has the warmest cache
    private readonly Channel<WriteWork> _writes = Channel.CreateUnbounded<WriteWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task _writing;
    private DatabaseSession? _writer;

    /// <summary>The embedded database.</summary>
    /// <param name="path">The SQLite file; made when absent.</param>
    public static MailDatabase OnSqlite(string path) => new(path);

    /// <summary>The database of a mesh; connects when first used.</summary>
    /// <param name="connectionString">Npgsql's.</param>
    public static MailDatabase OnPostgres(string connectionString) => throw new NotSupportedException(connectionString);

    private MailDatabase(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString();
        _contextOptions = new DbContextOptionsBuilder<MailMeshContext>().UseSqlite(_connectionString).Options;
        using (ExecutionContext.SuppressFlow()) // the writer belongs to no caller's trace
            _writing = Task.Run(WriteLoopAsync);
    }

    /// <summary>True where this process alone uses the database (SQLite, whose folder it holds): what a former run leased is nobody's.</summary>
    public bool IsExclusive { get; } = true;

    /// <summary>Brings the schema to this version.</summary>
    public async Task MigrateAsync(CancellationToken cancellationToken = default)
    {
        await using var context = new MailMeshContext(_contextOptions);
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    /// <summary>Runs statements outside a transaction, for reading: each statement sees the newest state.</summary>
    public Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work) => ReadAsync(work, snapshot: false);

    /// <summary>Runs statements that all see one state of the database.</summary>
    public Task<T> ReadSnapshotAsync<T>(Func<DatabaseSession, Task<T>> work) => ReadAsync(work, snapshot: true);

    /// <summary>Runs statements in a transaction, which other callers may share, and makes them durable; or all of them fail.</summary>
    /// <remarks>
    /// The work runs once, must not wait for anything but its statements, and must not write by another call. Its effects
    /// outside the database belong after this call, since the commit can still fail.
    /// </remarks>
    /// <param name="cancellationToken">Stops the waiting; work that has begun runs to its end.</param>
    public Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken = default)
    {
        var item = new WriteWork<T>(work, cancellationToken);
        return _writes.Writer.TryWrite(item) ? item.Completion : throw new ObjectDisposedException(nameof(MailDatabase));
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

    public async ValueTask DisposeAsync()
    {
        if (!_writes.Writer.TryComplete())
            return;
        await _writing;
        _writer?.Dispose();
        while (_idle.TryPop(out var session))
            session.Dispose();
        _writeGate.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, bool snapshot)
    {
        var session = _idle.TryPop(out var idle) ? idle : Open(cacheKib: 2048);
        var usable = false;
        try
        {
            if (snapshot)
                session.BeginSnapshot();
            var result = await work(session);
            if (snapshot)
                session.Commit();
            usable = true;
            return result;
        }
        finally
        {
            if (usable && _idle.Count < MaxIdle)
                _idle.Push(session);
            else
                session.Dispose();
        }
    }

    private async Task WriteLoopAsync()
    {
        while (await _writes.Reader.WaitToReadAsync())
        {
            await _writeGate.WaitAsync();
            var group = new List<WriteWork>();
            try
            {
                await WriteGroupAsync(group);
            }
            catch (Exception failure)
            {
                // Such as a full disk. Closing the connection rolls back; the next group opens another.
                _writer?.Dispose();
                _writer = null;
                if (group.Count == 0 && _writes.Reader.TryRead(out var first))
                    group.Add(first);
                foreach (var work in group)
                    work.Fail(failure);
            }
            finally
            {
                _writeGate.Release();
            }
        }
    }

    private async Task WriteGroupAsync(List<WriteWork> group)
    {
        var session = _writer ??= Open(cacheKib: 32 * 1024);
        session.Begin();
        var started = TimeProvider.System.GetTimestamp();
        while (group.Count < MaxGroup && TimeProvider.System.GetElapsedTime(started) < MaxGathering && _writes.Reader.TryRead(out var work))
        {
            if (work.IsCancelled)
            {
                work.Cancel();
                continue;
            }
            group.Add(work);
            await session.ExecuteAsync("SAVEPOINT work");
            try
            {
                await work.RunAsync(session);
            }
            catch (Exception failure)
            {
                // Where the database has already taken the transaction back, this fails too, and with it the group.
                await RollbackToSavepointAsync(session, failure);
                group.Remove(work);
                work.Fail(failure);
                continue;
            }
            await session.ExecuteAsync("RELEASE work");
        }
        if (group.Count == 0)
        {
            session.Rollback();
            return;
        }
        session.Commit();
        foreach (var work in group)
            work.Succeed();
    }

    private static async Task RollbackToSavepointAsync(DatabaseSession session, Exception failure)
    {
        try
        {
            await session.ExecuteAsync("ROLLBACK TO work");
            await session.ExecuteAsync("RELEASE work");
        }
        catch (DbException)
        {
            throw failure;
        }
    }

    private DatabaseSession Open(int cacheKib)
    {
        var connection = new SqliteConnection(_connectionString);
        connection.Open();
        using var pragmas = connection.CreateCommand();
        // A checkpoint each 32 MiB of log in place of 4: it writes each page once, however often it changed meanwhile.
        pragmas.CommandText =
            "PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=8192; " +
            $"PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-{cacheKib}";
        pragmas.ExecuteNonQuery();
        return new DatabaseSession(connection);
    }
}
