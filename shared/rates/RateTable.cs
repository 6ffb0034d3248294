using MailMesh.Database;

namespace MailMesh.Rates;

/// <summary>The rows of what the copies counted. A row's subject begins with its window in seconds, so that each window's rows go when their time is over.</summary>
internal sealed class RateTable(MailDatabase database, string copy)
{
    private const string SelectMany =
        "SELECT subject, since, CAST(SUM(count) AS bigint) FROM rate_counts WHERE subject = ANY(@subjects) AND since >= @since GROUP BY subject, since";

    private const string SelectOne = "SELECT subject, since, CAST(SUM(count) AS bigint) FROM rate_counts WHERE subject = @subject AND since >= @since GROUP BY subject, since";

    private const string SelectAll =
        "SELECT subject, since, CAST(SUM(count) AS bigint) FROM rate_counts WHERE since >= @since GROUP BY subject, since ORDER BY since DESC LIMIT @count";

    private const string Purge = "DELETE FROM rate_counts WHERE since < @since AND subject >= @first AND subject < @last";

    private static readonly RowInsert Add = new(
        "rate_counts",
        [("subject", "text"), ("since", "bigint"), ("copy", "text"), ("count", "bigint")],
        ending: "ON CONFLICT (subject, since, copy) DO UPDATE SET count = rate_counts.count + excluded.count");

    public static string Key(TimeSpan window, string subject) => $"{(long)window.TotalSeconds}/{subject}";

    /// <summary>Adds to this copy's counts, all in one transaction.</summary>
    public Task AddAsync(IReadOnlyList<CountRow> rows) => database.WriteAsync(
        session => Add.RunAsync(session, [.. rows.Select(row => new object?[] { row.Key, row.Since, copy, row.Count })]));

    /// <summary>All copies' counts of some subjects.</summary>
    public Task<List<CountRow>> ReadAsync(IReadOnlyList<string> keys, long since) => database.ReadAsync(async session =>
    {
        if (session.IsShared)
            return await session.QueryAsync(SelectMany, Row, ("subjects", keys.ToArray()), ("since", since));
        var rows = new List<CountRow>();
        foreach (var key in keys)
            rows.AddRange(await session.QueryAsync(SelectOne, Row, ("subject", key), ("since", since)));
        return rows;
    });

    /// <summary>All copies' counts, the newest first, up to <paramref name="count"/>.</summary>
    public Task<List<CountRow>> ReadAllAsync(long since, int count) =>
        database.ReadAsync(session => session.QueryAsync(SelectAll, Row, ("since", since), ("count", count)));

    /// <summary>Removes what is older than its window. '0' comes after '/' in the order of octets.</summary>
    public async Task PurgeAsync(TimeSpan window, long since)
    {
        var seconds = (long)window.TotalSeconds;
        await database.WriteAsync(session => session.ExecuteAsync(Purge, ("since", since), ("first", $"{seconds}/"), ("last", $"{seconds}0")));
    }

    private static CountRow Row(System.Data.Common.DbDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetInt64(2));
}

/// <summary>A part of a window and what was counted in it.</summary>
internal readonly record struct CountRow(string Key, long Since, long Count);
