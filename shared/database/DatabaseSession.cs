using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;
using NpgsqlTypes;

namespace MailMesh.Database;

/// <summary>One connection with its prepared statements; used by one caller at a time.</summary>
/// <remarks>
/// Parameters are written <c>@name</c> in the SQL and given by name; the texts must be constants, since each stays prepared.
/// A text that no database can hold is made one that it can: U+0000 and half surrogate pairs become U+FFFD.
/// </remarks>
public sealed class DatabaseSession : IDisposable
{
    private readonly DbConnection _connection;
    private readonly Dictionary<string, Statement> _statements = [];
    private DbTransaction? _transaction;

    internal DatabaseSession(DbConnection connection) => _connection = connection;

    internal DbConnection Connection => _connection;

    internal DbTransaction? Transaction => _transaction;

    /// <summary>PostgreSQL has begun to answer the script: it may be done.</summary>
    internal bool HasAnswered { get; set; }

    /// <summary>True where other transactions write at the same time (PostgreSQL): what is read to be written is locked first.</summary>
    public bool IsShared => _connection is NpgsqlConnection;

    /// <summary>Locks what the statement selects until the transaction ends; nothing on SQLite, where no other transaction writes meanwhile.</summary>
    /// <param name="sql">PostgreSQL's SELECT … FOR NO KEY UPDATE; several rows in the order of their ids, accounts before mailboxes, so that no two wait for each other.</param>
    public Task LockAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        IsShared ? ExecuteAsync(sql, parameters) : Task.CompletedTask;

    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        var statement = Bind(sql, parameters);
        return statement.IsPrepared ? statement.Command.ExecuteNonQueryAsync() : PrepareAndExecuteAsync(statement);
    }

    /// <summary>The first column of the first row, or default where there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var reader = await ReadAsync(Bind(sql, parameters));
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? await reader.GetFieldValueAsync<T>(0) : default;
    }

    /// <summary>Every row, read by <paramref name="row"/>.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        var rows = new List<T>();
        await using var reader = await ReadAsync(Bind(sql, parameters));
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first row, or default where there is none.</summary>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        await using var reader = await ReadAsync(Bind(sql, parameters));
        return await reader.ReadAsync() ? row(reader) : default;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Command.Dispose();
        _transaction?.Dispose();
        _connection.Dispose();
    }

    /// <summary>Runs a script: on PostgreSQL the whole transaction, unless the session has begun one.</summary>
    /// <param name="rows">What reads the rows of each statement.</param>
    internal Task RunAsync(Script script, IReadOnlyList<(string Name, object? Value)> parameters, params IReadOnlyList<Action<DbDataReader>> rows) => _connection is NpgsqlConnection
        ? RunTogetherAsync([new ScriptCall(0, script, parameters, rows)], patient: true)
        : RunSinglyAsync(script, parameters, rows);

    /// <summary>Runs scripts of several callers as one transaction, on PostgreSQL.</summary>
    /// <param name="patient">They wait for rows that others hold.</param>
    internal Task RunTogetherAsync(IReadOnlyList<ScriptCall> calls, bool patient) =>
        ScriptBatch.RunAsync((NpgsqlConnection)_connection, calls, patient, () => HasAnswered = true);

    internal async Task BeginAsync() => _transaction = await _connection.BeginTransactionAsync();

    /// <summary>A transaction that reads one state of the database, however many statements it takes.</summary>
    internal async Task BeginSnapshotAsync() => _transaction = _connection is SqliteConnection sqlite
        ? sqlite.BeginTransaction(deferred: true)
        : await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead);

    /// <summary>Nothing where there is no transaction.</summary>
    internal async Task CommitAsync()
    {
        if (_transaction is null)
            return;
        await _transaction.CommitAsync();
        await EndAsync();
    }

    /// <summary>Nothing where there is no transaction.</summary>
    internal async Task RollbackAsync()
    {
        if (_transaction is null)
            return;
        await _transaction.RollbackAsync();
        await EndAsync();
    }

    private async Task EndAsync()
    {
        await _transaction!.DisposeAsync();
        _transaction = null;
    }

    private async Task RunSinglyAsync(Script script, IReadOnlyList<(string Name, object? Value)> parameters, IReadOnlyList<Action<DbDataReader>> rows)
    {
        foreach (var (statement, row) in script.Statements.Zip(rows))
        {
            var values = new (string, object?)[statement.Parameters.Count];
            for (var i = 0; i < values.Length; i++)
                values[i] = (statement.Parameters[i], ScriptStatement.ValueOf(statement.Parameters[i], parameters));
            await using var reader = await ReadAsync(Bind(statement.Sql, values));
            while (await reader.ReadAsync())
                row(reader);
        }
    }

    private async Task<int> PrepareAndExecuteAsync(Statement statement)
    {
        await statement.PrepareAsync();
        return await statement.Command.ExecuteNonQueryAsync();
    }

    private static async Task<DbDataReader> ReadAsync(Statement statement)
    {
        if (!statement.IsPrepared)
            await statement.PrepareAsync();
        return await statement.Command.ExecuteReaderAsync();
    }

    private Statement Bind(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new Statement(_connection, sql, parameters));
        for (var i = 0; i < parameters.Length; i++)
            statement.Bind(i, parameters[i]);
        statement.Command.Transaction = _transaction;
        return statement;
    }

    /// <summary>A command that keeps its parameters, and is prepared again when the type of one changes.</summary>
    private sealed class Statement
    {
        private readonly NpgsqlDbType[]? _types;

        public Statement(DbConnection connection, string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
        {
            Command = connection.CreateCommand();
            Command.CommandText = sql;
            foreach (var (name, _) in parameters)
            {
                var parameter = Command.CreateParameter();
                parameter.ParameterName = name;
                Command.Parameters.Add(parameter);
            }
            IsPrepared = connection is not NpgsqlConnection; // SQLite prepares by itself
            if (!IsPrepared)
                _types = new NpgsqlDbType[parameters.Length];
        }

        public DbCommand Command { get; }

        public bool IsPrepared { get; private set; }

        public async Task PrepareAsync()
        {
            await Command.PrepareAsync();
            IsPrepared = true;
        }

        public void Bind(int index, (string Name, object? Value) given)
        {
            var parameter = Command.Parameters[index];
            parameter.ParameterName = given.Name;
            if (_types is null)
                ParameterValue.Bind(parameter, given.Value);
            else if (ParameterValue.Bind((NpgsqlParameter)parameter, given.Value, ref _types[index]))
                IsPrepared = false;
        }
    }
}
