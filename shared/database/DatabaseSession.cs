using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace MailMesh.Database;

/// <summary>One connection with its prepared statements; used by one caller at a time.</summary>
/// <remarks>Parameters are written <c>@name</c> in the SQL and given by name; the texts must be constants, since each stays prepared.</remarks>
public sealed class DatabaseSession : IDisposable
{
    private readonly DbConnection _connection;
    private readonly Dictionary<string, DbCommand> _statements = [];
    private DbTransaction? _transaction;

    internal DatabaseSession(DbConnection connection) => _connection = connection;

    /// <summary>Runs a statement; gives the number of rows it changed.</summary>
    public Task<int> ExecuteAsync(string sql, params ReadOnlySpan<(string Name, object? Value)> parameters) =>
        Prepare(sql, parameters).ExecuteNonQueryAsync();

    /// <summary>The first column of the first row, or default where there is no row or it is null.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params (string Name, object? Value)[] parameters)
    {
        await using var reader = await Prepare(sql, parameters).ExecuteReaderAsync();
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0) ? await reader.GetFieldValueAsync<T>(0) : default;
    }

    /// <summary>Every row, read by <paramref name="row"/>.</summary>
    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        var rows = new List<T>();
        await using var reader = await Prepare(sql, parameters).ExecuteReaderAsync();
        while (await reader.ReadAsync())
            rows.Add(row(reader));
        return rows;
    }

    /// <summary>The first row, or default where there is none.</summary>
    public async Task<T?> FirstAsync<T>(string sql, Func<DbDataReader, T> row, params (string Name, object? Value)[] parameters)
    {
        await using var reader = await Prepare(sql, parameters).ExecuteReaderAsync();
        return await reader.ReadAsync() ? row(reader) : default;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
            statement.Dispose();
        _transaction?.Dispose();
        _connection.Dispose();
    }

    internal void Begin() => _transaction = _connection.BeginTransaction();

    /// <summary>A transaction that reads one state of the database, however many statements it takes.</summary>
    internal void BeginSnapshot() => _transaction =
        _connection is SqliteConnection sqlite ? sqlite.BeginTransaction(deferred: true) : _connection.BeginTransaction(IsolationLevel.RepeatableRead);

    internal void Commit()
    {
        _transaction!.Commit();
        _transaction.Dispose();
        _transaction = null;
    }

    internal void Rollback()
    {
        _transaction!.Rollback();
        _transaction.Dispose();
        _transaction = null;
    }

    private DbCommand Prepare(string sql, ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            statement = _connection.CreateCommand();
            statement.CommandText = sql;
            _statements.Add(sql, statement);
            foreach (var (name, _) in parameters)
            {
                var parameter = statement.CreateParameter();
                parameter.ParameterName = name;
                statement.Parameters.Add(parameter);
            }
        }
        for (var i = 0; i < parameters.Length; i++)
        {
            statement.Parameters[i].ParameterName = parameters[i].Name;
            statement.Parameters[i].Value = parameters[i].Value ?? DBNull.Value;
        }
        statement.Transaction = _transaction;
        return statement;
    }
}
