using Microsoft.EntityFrameworkCore;

namespace MailMesh.Database;

/// <summary>The way to the database, PostgreSQL or SQLite: hot statements on pooled sessions that keep them prepared, EF Core where nothing is hot.</summary>
/// <remarks>
/// A fault of the database (away, slow, too busy) is an exception of which <see cref="DatabaseFaults.IsPassing"/> is true,
/// and comes within seconds: no call waits for a database without end.
/// </remarks>
public sealed class MailDatabase : IAsyncDisposable
{
    private readonly IDatabaseEngine _engine;

    private MailDatabase(IDatabaseEngine engine) => _engine = engine;

    /// <summary>The embedded database.</summary>
    /// <param name="path">The SQLite file; made when absent.</param>
    public static MailDatabase OnSqlite(string path) => new(new SqliteEngine(path));

    /// <summary>The database of a mesh; connects when first used.</summary>
    /// <param name="connectionString">Npgsql's. 'Maximum Pool Size' bounds the sessions of this process; the database itself must exist.</param>
    /// <exception cref="ArgumentException">It is no connection string.</exception>
    public static MailDatabase OnPostgres(string connectionString) => new(new PostgresEngine(connectionString));

    /// <summary>True where this process alone uses the database (SQLite, whose folder it holds): what a former run leased is nobody's.</summary>
    public bool IsExclusive => _engine.IsExclusive;

    /// <summary>Brings the schema to this version; copies that start together take turns.</summary>
    public Task MigrateAsync(CancellationToken cancellationToken = default) => _engine.MigrateAsync(cancellationToken);

    /// <summary>Whether the schema serves this version, for processes that do not own it.</summary>
    public Task<SchemaState> SchemaStateAsync() => _engine.QueryAsync(async context =>
    {
        var pending = (await context.Database.GetPendingMigrationsAsync()).Count();
        if (pending == 0)
            return SchemaState.Current; // a later version may have added to it: tables change only by addition
        return pending == context.Database.GetMigrations().Count() ? SchemaState.Missing : SchemaState.Older;
    });

    /// <summary>Runs statements outside a transaction, for reading: each statement sees the newest state.</summary>
    /// <remarks>The work may run again where its session was lost.</remarks>
    public Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work) => _engine.ReadAsync(work, snapshot: false);

    /// <summary>Runs statements that all see one state of the database.</summary>
    /// <inheritdoc cref="ReadAsync{T}"/>
    public Task<T> ReadSnapshotAsync<T>(Func<DatabaseSession, Task<T>> work) => _engine.ReadAsync(work, snapshot: true);

    /// <summary>Runs statements in a transaction and makes them durable; or all of them fail.</summary>
    /// <remarks>
    /// The work must be repeatable: on PostgreSQL it runs again after a deadlock, or where its session was lost before the
    /// commit. So it builds its results from nothing each time and changes nothing outside. It must not wait for anything
    /// but its statements, and must not write by another call. Effects outside the database belong after this call, since
    /// the commit can still fail. On SQLite callers share a transaction, one after the other; on PostgreSQL other
    /// transactions run meanwhile, and a statement sees what they committed before it began (READ COMMITTED): what is read
    /// to be written is locked first.
    /// </remarks>
    /// <param name="cancellationToken">Stops the waiting; work that has begun runs to its end.</param>
    public Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken = default) =>
        _engine.WriteAsync(work, cancellationToken);

    /// <inheritdoc cref="WriteAsync{T}"/>
    public Task WriteAsync(Func<DatabaseSession, Task> work, CancellationToken cancellationToken = default) =>
        WriteAsync(async session =>
        {
            await work(session);
            return true;
        }, cancellationToken);

    /// <summary>As <see cref="ReadAsync{T}"/>, for work that runs one <see cref="Script"/> and nothing else, and quickly: on PostgreSQL it goes with those of other callers.</summary>
    public Task<T> ReadScriptAsync<T>(Func<RunScript, Task<T>> work) => _engine.ReadScriptAsync(work);

    /// <summary>
    /// As <see cref="WriteAsync{T}(Func{DatabaseSession, Task{T}}, CancellationToken)"/>, for work that runs one <see cref="Script"/> and nothing else: PostgreSQL makes it durable
    /// in the same round trip, together with those of other callers that came while the group before was on its way.
    /// </summary>
    /// <remarks>Where its connection breaks meanwhile nobody knows whether it was done, and it fails.</remarks>
    /// <param name="turn">The id of the row that it locks first.</param>
    public Task<T> WriteScriptAsync<T>(long turn, Func<RunScript, Task<T>> work) => _engine.WriteScriptAsync(turn, work);

    /// <summary>EF Core, for reading where no statement is hot.</summary>
    public Task<T> QueryAsync<T>(Func<MailMeshContext, Task<T>> query) => _engine.QueryAsync(query);

    /// <summary>EF Core, for changes where no statement is hot; what <paramref name="change"/> leaves unsaved is saved.</summary>
    /// <remarks>The change must be repeatable, as that of <see cref="WriteAsync{T}"/>; where it loses a race for a unique name it runs again and sees who won.</remarks>
    public Task<T> ChangeAsync<T>(Func<MailMeshContext, Task<T>> change, CancellationToken cancellationToken = default) =>
        _engine.ChangeAsync(change, cancellationToken);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
