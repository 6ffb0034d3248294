using Npgsql;

namespace MailMesh.Database;

/// <summary>Scripts as one batch on a connection to PostgreSQL, whose statements stay prepared there: one round trip, and one transaction that is committed at its end.</summary>
internal static class ScriptBatch
{
    /// <summary>
    /// A row that another transaction holds for long holds up its own caller, alone, and not all that came with it: each of them is run again by itself then.
    /// </summary>
    private const string Impatience = "SELECT set_config('lock_timeout', '200ms', TRUE)";

    /// <param name="patient">The batch waits for rows that others hold.</param>
    /// <param name="answered">Called once the server has begun to answer.</param>
    public static async Task RunAsync(NpgsqlConnection connection, IReadOnlyList<ScriptCall> calls, bool patient, Action answered)
    {
        await using var batch = new NpgsqlBatch(connection);
        if (!patient)
            batch.BatchCommands.Add(new NpgsqlBatchCommand(Impatience));
        foreach (var call in calls)
        {
            foreach (var statement in call.Script.Statements)
                batch.BatchCommands.Add(Bind(statement, call.Parameters));
        }
        await batch.PrepareAsync(); // asks the server for those alone that it does not know
        await using var reader = await batch.ExecuteReaderAsync();
        answered();
        if (!patient)
            await reader.NextResultAsync();
        foreach (var row in calls.SelectMany(call => call.Rows))
        {
            while (await reader.ReadAsync())
                row(reader);
            await reader.NextResultAsync();
        }
    }

    private static NpgsqlBatchCommand Bind(ScriptStatement statement, IReadOnlyList<(string Name, object? Value)> parameters)
    {
        var command = new NpgsqlBatchCommand(statement.Positional);
        foreach (var name in statement.Parameters)
        {
            var parameter = new NpgsqlParameter();
            var type = default(NpgsqlTypes.NpgsqlDbType);
            ParameterValue.Bind(parameter, ScriptStatement.ValueOf(name, parameters), ref type);
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
