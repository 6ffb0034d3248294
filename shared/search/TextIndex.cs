using MailMesh.Database;

namespace MailMesh.Search;

/// <summary>The full-text index in the database: SQLite's FTS5, or a tsvector with a GIN index in PostgreSQL, of our own tokens.</summary>
/// <remarks>What belongs to a content goes with it: the schema sees to that.</remarks>
public sealed class TextIndex(MailDatabase database)
{
    /// <summary>Stands before a token of the header in PostgreSQL, where one column holds all.</summary>
    private const char HeaderMark = '~';

    /// <summary>Adds what messages say; those that are gone, or known already, are passed by.</summary>
    public Task AddAsync(IReadOnlyList<(long ContentId, IndexedText Text)> texts) => database.WriteAsync(async session =>
    {
        foreach (var (id, text) in texts.OrderBy(entry => entry.ContentId))
        {
            if (session.IsShared)
                await session.ExecuteAsync(
                    "INSERT INTO content_texts (content_id, tokens) SELECT id, array_to_tsvector(@tokens) FROM contents WHERE id = @id ON CONFLICT DO NOTHING",
                    ("@tokens", text.Body.Concat(text.Header.Select(token => HeaderMark + token)).ToArray()), ("@id", id));
            else if (await session.ExecuteAsync("INSERT INTO content_texts (content_id) SELECT id FROM contents WHERE id = @id ON CONFLICT DO NOTHING", ("@id", id)) > 0)
                await session.ExecuteAsync(
                    "INSERT INTO content_tokens (rowid, header, body) VALUES (@id, @header, @body)",
                    ("@id", id), ("@header", string.Join(' ', text.Header)), ("@body", string.Join(' ', text.Body)));
        }
    });

    /// <summary>Contents that are not in the index yet, from the oldest.</summary>
    /// <param name="after">Looks above this number alone.</param>
    public Task<List<long>> PendingAsync(int most, long after = 0) => database.ReadAsync(session => session.QueryAsync(
        """
        SELECT c.id FROM contents c
        WHERE c.id > @after AND NOT EXISTS (SELECT 1 FROM content_texts t WHERE t.content_id = c.id AND t.content_id > @after)
        ORDER BY c.id LIMIT @most
        """,
        row => row.GetInt64(0), ("@most", most), ("@after", after)));

    /// <summary>Nothing is pending up to this number.</summary>
    public Task<long> FloorAsync() =>
        database.ReadAsync(session => session.ScalarAsync<long>("SELECT content_id FROM text_index WHERE name = 'floor'"));

    /// <summary>Nothing is pending: what was kept before this need not be looked at again. Transactions of that time have ended.</summary>
    public Task RaiseFloorAsync(DateTimeOffset keptBefore) => database.WriteAsync(session => session.ExecuteAsync(
        """
        INSERT INTO text_index (name, content_id)
        SELECT 'floor', MAX(c.id) FROM contents c
        WHERE c.created_at < @before AND c.id > COALESCE((SELECT content_id FROM text_index WHERE name = 'floor'), 0)
        HAVING MAX(c.id) IS NOT NULL
        ON CONFLICT (name) DO UPDATE SET content_id = excluded.content_id
        """,
        ("@before", keptBefore.ToUnixTimeMilliseconds())));

    /// <summary>Scores of those of the contents that are in the index: 0 for one that does not fit. One that is not in the index is absent.</summary>
    public Task<Dictionary<long, int>> ScoresAsync(FuzzyQuery query, IReadOnlyList<long> contentIds) => database.ReadAsync(session =>
        session.IsShared ? SharedScoresAsync(session, query, contentIds) : LocalScoresAsync(session, query, contentIds));

    private static async Task<Dictionary<long, int>> SharedScoresAsync(DatabaseSession session, FuzzyQuery query, IReadOnlyList<long> contentIds)
    {
        var forms = query.Forms().ToList();
        var (best, last) = (forms[0], forms[^1]);
        var (second, third) = (forms[1], forms[^2]);
        var scores = await session.QueryAsync(
            """
            SELECT content_id, CASE
                WHEN @is_empty THEN 1
                WHEN NOT tokens @@ CAST(@last AS tsquery) THEN 0
                WHEN tokens @@ CAST(@best AS tsquery) THEN @best_score
                WHEN tokens @@ CAST(@second AS tsquery) THEN @second_score
                WHEN tokens @@ CAST(@third AS tsquery) THEN @third_score
                ELSE @last_score END
            FROM content_texts WHERE content_id = ANY(@ids)
            """,
            row => (Id: row.GetInt64(0), Score: (int)row.GetInt64(1)),
            ("@is_empty", query.IsEmpty), ("@last", TsQuery(query, last.Form)), ("@best", TsQuery(query, best.Form)), ("@best_score", best.Score),
            ("@second", TsQuery(query, second.Form)), ("@second_score", second.Score), ("@third", TsQuery(query, third.Form)), ("@third_score", third.Score),
            ("@last_score", last.Score), ("@ids", contentIds.ToArray()));
        return scores.ToDictionary(row => row.Id, row => row.Score);
    }

    /// <summary>Each word in quotes: it consists of letters and digits alone.</summary>
    private static string TsQuery(FuzzyQuery query, FuzzyForm form) => string.Join(" & ", query.Words.Select(word =>
    {
        var ending = form.IsExact ? "" : ":*";
        return form.InHeader ? $"'{HeaderMark}{word}'{ending}"
            : query.BodyOnly ? $"'{word}'{ending}"
            : $"('{word}'{ending} | '{HeaderMark}{word}'{ending})";
    }));

    private static async Task<Dictionary<long, int>> LocalScoresAsync(DatabaseSession session, FuzzyQuery query, IReadOnlyList<long> contentIds)
    {
        var scores = new Dictionary<long, int>(contentIds.Count);
        foreach (var id in contentIds)
        {
            if (await session.ScalarAsync<long>("SELECT content_id FROM content_texts WHERE content_id = @id", ("@id", id)) > 0)
                scores[id] = query.IsEmpty ? 1 : 0;
        }
        if (query.IsEmpty || scores.Count == 0)
            return scores;
        var (first, last) = (scores.Keys.Min(), scores.Keys.Max());
        foreach (var (form, score) in query.Forms())
        {
            var found = await session.QueryAsync(
                "SELECT rowid FROM content_tokens WHERE content_tokens MATCH @query AND rowid BETWEEN @first AND @last",
                row => row.GetInt64(0), ("@query", MatchQuery(query, form)), ("@first", first), ("@last", last));
            foreach (var id in found)
            {
                if (scores.TryGetValue(id, out var known) && known == 0)
                    scores[id] = score;
            }
        }
        return scores;
    }

    private static string MatchQuery(FuzzyQuery query, FuzzyForm form)
    {
        var words = string.Join(" AND ", query.Words.Select(word => form.IsExact ? $"\"{word}\"" : $"\"{word}\"*"));
        return form.InHeader ? $"header : ({words})" : query.BodyOnly ? $"body : ({words})" : words;
    }
}
