using System.Collections.Concurrent;
using System.Data.Common;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The embedded database, of this process alone.</summary>
/// <remarks>
/// SQLite has one writer at a time, and each durable commit costs an fsync. So the writers of this process gather: while
/// one transaction is made durable the next callers wait, and the next transaction takes them all, each but the first behind a
/// savepoint of its own, so that one that fails is rolled back alone. Everything is durable when <see cref="WriteAsync{T}"/> returns
/// (WAL, synchronous=FULL).
/// </remarks>
internal sealed class SqliteEngine : IDatabaseEngine
{
    /// <summary>Most callers in a transaction.</summary>
    private const int MaxGroup = 256;

    /// <summary>A transaction takes no more callers after this, so that none waits long for its durability.</summary>
    private static readonly TimeSpan MaxGathering = TimeSpan.FromMilliseconds(50);

    /// <summary>Readers kept for the next; SQLite reads block a thread each, so there are seldom more.</summary>
    private const int MaxIdle = 16;

    private readonly string _connectionString;
    private readonly DbContextOptions<SqliteMailContext> _contextOptions;
    private readonly SemaphoreSlim _writeGate = new(1, 1);
    private readonly ConcurrentStack<DatabaseSession> _idle = []; // the last one used has the warmest cache
    private readonly Channel<WriteWork> _writes = Channel.CreateUnbounded<WriteWork>(new UnboundedChannelOptions { SingleReader = true });
    private readonly WalCheckpoints _checkpoints;
    private readonly Task _writing;
    private DatabaseSession? _writer;

    public SqliteEngine(string path)
    {
        _connectionString = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, ForeignKeys = true }.ToString();
        _contextOptions = new DbContextOptionsBuilder<SqliteMailContext>().UseSqlite(_connectionString).AddInterceptors(StorableParameters.Instance).Options;
        _checkpoints = new WalCheckpoints(_connectionString, _writeGate);
        using (ExecutionContext.SuppressFlow()) // the writer belongs to no caller's trace
            _writing = Task.Run(WriteLoopAsync);
    }

    public bool IsExclusive => true;

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var context = new SqliteMailContext(_contextOptions);
        await context.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL", cancellationToken);
        await context.Database.MigrateAsync(cancellationToken);
    }

    public async Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, bool snapshot)
    {
        var session = _idle.TryPop(out var idle) ? idle : Open(cacheKib: 2048);
        var usable = false;
        try
        {
            if (snapshot)
                await session.BeginSnapshotAsync();
            var result = await work(session);
            if (snapshot)
                await session.CommitAsync();
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

    public Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        var item = new WriteWork<T>(work, cancellationToken);
        return _writes.Writer.TryWrite(item) ? item.Completion : throw new ObjectDisposedException(nameof(MailDatabase));
    }

    public Task<T> ReadScriptAsync<T>(Func<RunScript, Task<T>> work) => ReadAsync(session => work(session.RunAsync), snapshot: false);

    public Task<T> WriteScriptAsync<T>(long turn, Func<RunScript, Task<T>> work) => WriteAsync(session => work(session.RunAsync), CancellationToken.None);

    public async Task<T> QueryAsync<T>(Func<MailMeshContext, Task<T>> query)
    {
        await using var context = new SqliteMailContext(_contextOptions);
        return await query(context);
    }

    public async Task<T> ChangeAsync<T>(Func<MailMeshContext, Task<T>> change, CancellationToken cancellationToken)
    {
        await _writeGate.WaitAsync(cancellationToken);
        try
        {
            await using var context = new SqliteMailContext(_contextOptions);
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
        await _checkpoints.DisposeAsync();
        _writer?.Dispose();
        while (_idle.TryPop(out var session))
            session.Dispose();
        _writeGate.Dispose();
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
        await session.BeginAsync();
        var started = TimeProvider.System.GetTimestamp();
        while (group.Count < MaxGroup && TimeProvider.System.GetElapsedTime(started) < MaxGathering && _writes.Reader.TryRead(out var work))
        {
            if (work.IsCancelled)
            {
                work.Cancel();
                continue;
            }
            // The first has the transaction to itself still, and most have it to the end.
            var isFirst = group.Count == 0;
            group.Add(work);
            if (!isFirst)
                await session.ExecuteAsync("SAVEPOINT work");
            try
            {
                await work.RunAsync(session);
            }
            catch (Exception failure)
            {
                // Where the database has already taken the transaction back, this fails too, and with it the group.
                await UndoAsync(session, isFirst, failure);
                group.Remove(work);
                work.Fail(failure);
                continue;
            }
            if (!isFirst)
                await session.ExecuteAsync("RELEASE work");
        }
        if (group.Count == 0)
        {
            await session.RollbackAsync();
            return;
        }
        await session.CommitAsync();
        _checkpoints.Committed((SqliteConnection)session.Connection);
        foreach (var work in group)
            work.Succeed();
    }

    private static async Task UndoAsync(DatabaseSession session, bool isFirst, Exception failure)
    {
        try
        {
            if (isFirst)
            {
                await session.RollbackAsync();
                await session.BeginAsync();
                return;
            }
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
        // Checkpoints are WalCheckpoints' own.
        pragmas.CommandText =
            "PRAGMA synchronous=FULL; PRAGMA busy_timeout=10000; PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=0; " +
            $"PRAGMA journal_size_limit=67108864; PRAGMA cache_size=-{cacheKib}";
        pragmas.ExecuteNonQuery();
        return new DatabaseSession(connection);
    }
}
