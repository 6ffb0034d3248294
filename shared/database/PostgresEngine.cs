using System.Data;
using System.Data.Common;
using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace MailMesh.Database;

/// <summary>The database of a mesh, shared with other processes.</summary>
/// <remarks>
/// Each write is a transaction of its own, READ COMMITTED; hot callers group theirs. Work is run again after a deadlock, and
/// where an idle session turns out to be lost, such as after a restart of the server; never once its commit was sent.
/// </remarks>
internal sealed class PostgresEngine : IDatabaseEngine
{
    private const int MaxAttempts = 5;

    /// <summary>Copies that start together take turns by it; any number that nobody else in the database uses.</summary>
    private const string TakeTurn = "SELECT pg_advisory_lock(7236283640731)";

    private const string EndTurn = "SELECT pg_advisory_unlock(7236283640731)";

    /// <summary>A commit costs the server the more the fewer changes share it; a change that comes after a pause waits for nobody.</summary>
    private static readonly TimeSpan WritePace = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan MigrationTimeout = TimeSpan.FromMinutes(10);

    private readonly PostgresSessions _sessions;
    private readonly ScriptGroups _reads;
    private readonly ScriptGroups _writes;

    public PostgresEngine(string connectionString)
    {
        _sessions = new PostgresSessions(connectionString);
        _reads = new ScriptGroups(calls => RunGroupAsync(calls, mayBeDone: false));
        _writes = new ScriptGroups(calls => RunGroupAsync(calls, mayBeDone: true), WritePace);
    }

    public bool IsExclusive => false;

    public Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, bool snapshot) =>
        RunAsync(session => snapshot ? session.BeginSnapshotAsync() : Task.CompletedTask, work, default);

    public Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken) =>
        RunAsync(session => session.BeginAsync(), work, cancellationToken);

    public async Task<T> ReadScriptAsync<T>(Func<RunScript, Task<T>> work)
    {
        try
        {
            return await work((script, parameters, rows) => _reads.AddAsync(new ScriptCall(0, script, parameters, rows)));
        }
        catch (GroupUndoneException)
        {
            return await ReadAsync(session => work(session.RunAsync), snapshot: false);
        }
    }

    public async Task<T> WriteScriptAsync<T>(long turn, Func<RunScript, Task<T>> work)
    {
        try
        {
            return await work((script, parameters, rows) => _writes.AddAsync(new ScriptCall(turn, script, parameters, rows)));
        }
        catch (GroupUndoneException)
        {
            return await RunAsync(BeginScriptAsync, session => work(session.RunAsync), default);
        }
    }

    public Task<T> QueryAsync<T>(Func<MailMeshContext, Task<T>> query) => ReadAsync(
        async session =>
        {
            await using var context = Context(session.Connection);
            return await query(context);
        },
        snapshot: false);

    public Task<T> ChangeAsync<T>(Func<MailMeshContext, Task<T>> change, CancellationToken cancellationToken) => WriteAsync(
        async session =>
        {
            await using var context = Context(session.Connection);
            await context.Database.UseTransactionAsync(session.Transaction, cancellationToken);
            var result = await change(context);
            await context.SaveChangesAsync(cancellationToken);
            return result;
        },
        cancellationToken);

    public async Task MigrateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await _sessions.OpenAsync(cancellationToken);
        await using var context = Context(connection);
        context.Database.SetCommandTimeout(MigrationTimeout);
        await context.Database.ExecuteSqlRawAsync(TakeTurn, cancellationToken);
        try
        {
            await context.Database.MigrateAsync(cancellationToken);
        }
        finally
        {
            if (connection.State == ConnectionState.Open) // a lost session has lost its locks
                await context.Database.ExecuteSqlRawAsync(EndTurn, CancellationToken.None);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _reads.DisposeAsync();
        await _writes.DisposeAsync();
        await _sessions.DisposeAsync();
    }

    private static PostgresMailContext Context(DbConnection connection) => new(
        new DbContextOptionsBuilder<PostgresMailContext>().UseNpgsql(connection).AddInterceptors(StorableParameters.Instance).Options);

    /// <param name="mayBeDone">A group of which the server's answer did not come may have been carried out, and is not run again.</param>
    private async Task RunGroupAsync(IReadOnlyList<ScriptCall> calls, bool mayBeDone)
    {
        var (session, _) = await _sessions.RentAsync(default);
        var run = await TryAsync(session, BeginScriptAsync, async rented =>
        {
            await rented.RunTogetherAsync(calls, patient: !mayBeDone);
            return true;
        });
        await GiveBackAsync(session, run.Failure);
        if (run.Failure is null)
            return;
        if (IsUndone(session, run.Failure) || !mayBeDone && IsLost(run.Failure))
            throw new GroupUndoneException(run.Failure);
        ExceptionDispatchInfo.Throw(run.Failure);
    }

    private async Task<T> RunAsync<T>(Func<DatabaseSession, Task> begin, Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var (session, fresh) = await _sessions.RentAsync(cancellationToken);
            var run = await TryAsync(session, begin, work);
            await GiveBackAsync(session, run.Failure);
            if (run.Failure is null)
                return run.Result!;
            if (attempt == MaxAttempts || !IsRepeatable(run, fresh))
                ExceptionDispatchInfo.Throw(run.Failure);
            if (!IsLost(run.Failure))
                await Task.Delay(Random.Shared.Next(5, 25 * attempt), cancellationToken); // so that the two of a deadlock part
        }
    }

    private static async Task<Run<T>> TryAsync<T>(DatabaseSession session, Func<DatabaseSession, Task> begin, Func<DatabaseSession, Task<T>> work)
    {
        var committing = false;
        try
        {
            await begin(session);
            var result = await work(session);
            committing = true;
            await session.CommitAsync();
            return new Run<T>(result, null, committing);
        }
        catch (Exception failure)
        {
            return new Run<T>(default, failure, committing || (begin == BeginScriptAsync && !IsUndone(session, failure)));
        }
    }

    /// <summary>Its transaction is its statements': the server begins it at the first and commits it after the last.</summary>
    private static Task BeginScriptAsync(DatabaseSession session)
    {
        session.HasAnswered = false;
        return Task.CompletedTask;
    }

    /// <summary>
    /// Of a script or a group of them: a statement that the server refused took those before it with it. Where the session is lost that is known only where the server
    /// said so itself and first of all.
    /// </summary>
    private static bool IsUndone(DatabaseSession session, Exception failure) => failure is PostgresException && (!IsLost(failure) || !session.HasAnswered);

    /// <summary>A refused statement leaves the session as it was; after anything else of the database it is not used again.</summary>
    private async Task GiveBackAsync(DatabaseSession session, Exception? failure)
    {
        if (failure is null || await IsUsableAsync(session))
        {
            _sessions.Return(session);
            return;
        }
        _sessions.Discard(session);
        if (IsLost(failure))
            _sessions.Clear();
    }

    private static async Task<bool> IsUsableAsync(DatabaseSession session)
    {
        if (session.Connection.State != ConnectionState.Open)
            return false;
        try
        {
            await session.RollbackAsync();
            return true;
        }
        catch (Exception failure) when (failure is DbException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private static bool IsRepeatable<T>(Run<T> run, bool fresh)
    {
        for (var cause = run.Failure; cause is not null; cause = cause.InnerException)
        {
            // What the server took back, it took back whole; what another copy added or removed this moment is seen the next time.
            if (cause is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure })
                return true;
            if (cause is DbUpdateConcurrencyException or DbUpdateException { InnerException: PostgresException { SqlState: PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation } })
                return true;
        }
        return !fresh && !run.Committing && IsLost(run.Failure!);
    }

    /// <summary>The connection went, at once and not by a time-out.</summary>
    private static bool IsLost(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is TimeoutException)
                return false;
            if (cause is PostgresException postgres)
                return postgres.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown || postgres.SqlState.StartsWith("08", StringComparison.Ordinal);
            if (cause is NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException })
                return true;
        }
        return false;
    }

    /// <param name="Committing">The commit was sent: whether it was done is not known after a failure.</param>
    private sealed record Run<T>(T? Result, Exception? Failure, bool Committing);
}
