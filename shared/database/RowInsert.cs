using System.Data.Common;

namespace MailMesh.Database;

/// <summary>An INSERT of many rows: one statement over arrays on PostgreSQL, where each round trip counts; a statement a row on SQLite, where none does.</summary>
public sealed class RowInsert
{
    private const string MaybeBigint = "bigint?";

    private readonly Column[] _columns;
    private readonly string _one;
    private readonly string _many;

    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns with the types of their values: <c>text</c>, <c>bigint</c>, <c>bigint?</c> where it may be null, <c>bytea</c> or <c>boolean</c>.</param>
    /// <param name="condition">Which rows of <c>v</c>, that has the columns, are inserted; all where null.</param>
    /// <param name="ending">What follows: ON CONFLICT …, RETURNING ….</param>
    public RowInsert(string table, IReadOnlyList<(string Name, string Type)> columns, string? condition = null, string ending = "")
    {
        _columns = [.. columns.Select(c => new Column($"@{c.Name}", c.Type))];
        var names = string.Join(", ", columns.Select(c => c.Name));
        var values = string.Join(", ", _columns.Select(c => c.Parameter));
        var singles = string.Join(", ", _columns.Select(c => c.One));
        var single = string.Join(", ", _columns.Zip(columns, (c, column) => $"{c.One} AS {column.Name}"));
        _one = condition is null
            ? $"INSERT INTO {table} ({names}) VALUES ({singles}) {ending}"
            : $"INSERT INTO {table} ({names}) SELECT * FROM (SELECT {single}) v WHERE {condition} {ending}";
        _many = $"INSERT INTO {table} ({names}) SELECT * FROM unnest({values}) AS v({names}) WHERE {condition ?? "TRUE"} {ending}";
    }

    /// <summary>Inserts rows, each with a value for each column.</summary>
    public async Task RunAsync(DatabaseSession session, IReadOnlyList<object?[]> rows)
    {
        if (session.IsShared && rows.Count > 1)
        {
            await session.ExecuteAsync(_many, Arrays(rows));
            return;
        }
        foreach (var row in rows)
            await session.ExecuteAsync(_one, Values(row));
    }

    /// <summary>Inserts rows; gives what RETURNING gives, in their order.</summary>
    public async Task<List<T>> RunAsync<T>(DatabaseSession session, IReadOnlyList<object?[]> rows, Func<DbDataReader, T> returned)
    {
        if (session.IsShared && rows.Count > 1)
            return await session.QueryAsync(_many, returned, Arrays(rows));
        var all = new List<T>(rows.Count);
        foreach (var row in rows)
            all.AddRange(await session.QueryAsync(_one, returned, Values(row)));
        return all;
    }

    private (string Name, object? Value)[] Values(object?[] row)
    {
        var values = new (string, object?)[_columns.Length];
        for (var i = 0; i < values.Length; i++)
            values[i] = (_columns[i].Parameter, row[i]);
        return values;
    }

    private (string Name, object? Value)[] Arrays(IReadOnlyList<object?[]> rows)
    {
        var arrays = new (string, object?)[_columns.Length];
        for (var i = 0; i < arrays.Length; i++)
        {
            arrays[i] = (_columns[i].Parameter, _columns[i].Type switch
            {
                "text" => Of<string?>(rows, i),
                "bigint" => Of<long>(rows, i),
                MaybeBigint => Of<long?>(rows, i),
                "bytea" => Of<byte[]>(rows, i),
                _ => Of<bool>(rows, i),
            });
        }
        return arrays;
    }

    private static T[] Of<T>(IReadOnlyList<object?[]> rows, int column)
    {
        var values = new T[rows.Count];
        for (var i = 0; i < values.Length; i++)
            values[i] = (T)rows[i][column]!;
        return values;
    }

    private sealed record Column(string Parameter, string Type)
    {
        /// <summary>PostgreSQL takes a null of no type for text, which no number can be.</summary>
        public string One => Type == MaybeBigint ? $"CAST({Parameter} AS bigint)" : Parameter;
    }
}
