namespace MailMesh.Database;

/// <summary>What differs between the engines: how sessions are had, how writes run, how the schema is brought up to date.</summary>
internal interface IDatabaseEngine : IAsyncDisposable
{
    /// <summary>This process alone uses the database.</summary>
    bool IsExclusive { get; }

    Task<T> ReadAsync<T>(Func<DatabaseSession, Task<T>> work, bool snapshot);

    Task<T> WriteAsync<T>(Func<DatabaseSession, Task<T>> work, CancellationToken cancellationToken);

    Task<T> ReadScriptAsync<T>(Func<RunScript, Task<T>> work);

    Task<T> WriteScriptAsync<T>(long turn, Func<RunScript, Task<T>> work);

    Task<T> QueryAsync<T>(Func<MailMeshContext, Task<T>> query);

    /// <summary>Runs the change in a transaction, saves what it left unsaved, and commits.</summary>
    Task<T> ChangeAsync<T>(Func<MailMeshContext, Task<T>> change, CancellationToken cancellationToken);

    Task MigrateAsync(CancellationToken cancellationToken);
}
