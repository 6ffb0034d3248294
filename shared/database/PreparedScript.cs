using System.Data.Common;
using Npgsql;
using NpgsqlTypes;

namespace MailMesh.Database;

/// <summary>A script on one connection to PostgreSQL, which keeps its statements prepared and sends them together.</summary>
internal sealed class PreparedScript : IDisposable
{
    private readonly NpgsqlBatch _batch;
    private readonly IReadOnlyList<ScriptStatement> _statements;
    private readonly NpgsqlDbType[][] _types;
    private bool _isPrepared;

    public PreparedScript(NpgsqlConnection connection, Script script)
    {
        _statements = script.Statements;
        _types = [.. _statements.Select(statement => new NpgsqlDbType[statement.Parameters.Count])];
        _batch = new NpgsqlBatch(connection);
        foreach (var statement in _statements)
        {
            var command = new NpgsqlBatchCommand(statement.Sql);
            foreach (var name in statement.Parameters)
                command.Parameters.Add(new NpgsqlParameter { ParameterName = name });
            _batch.BatchCommands.Add(command);
        }
    }

    /// <param name="answered">Called once the server has begun to answer.</param>
    public async Task RunAsync(IReadOnlyList<(string Name, object? Value)> parameters, IReadOnlyList<Action<DbDataReader>> rows, Action answered)
    {
        for (var i = 0; i < _statements.Count; i++)
            Bind(i, parameters);
        if (!_isPrepared)
            await _batch.PrepareAsync();
        _isPrepared = true;
        await using var reader = await _batch.ExecuteReaderAsync();
        answered();
        foreach (var row in rows)
        {
            while (await reader.ReadAsync())
                row(reader);
            await reader.NextResultAsync();
        }
    }

    public void Dispose() => _batch.Dispose();

    private void Bind(int index, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        var statement = _statements[index];
        var bound = _batch.BatchCommands[index].Parameters;
        for (var i = 0; i < statement.Parameters.Count; i++)
        {
            if (ParameterValue.Bind((NpgsqlParameter)bound[i], ValueOf(statement.Parameters[i], parameters), ref _types[index][i]))
                _isPrepared = false;
        }
    }

    public static object? ValueOf(string name, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        foreach (var (given, value) in parameters)
        {
            if (given == name)
                return value;
        }
        throw new ArgumentException($"The script needs the parameter {name}.");
    }
}
