using MailMesh.Database;

namespace MailMesh.Bans;

/// <summary>The rows of failures and bans.</summary>
internal sealed class BanTable(MailDatabase database, BanOptions options, TimeProvider clock)
{
    /// <summary>Most bans that are in force at once: past it the ones that end first are not.</summary>
    private const int MaxBans = 50_000;

    /// <summary>A ban without end ends at the last moment there is.</summary>
    private static readonly long Forever = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private const string Count =
        """
        INSERT INTO bans (subject, failures, since, until, reason) VALUES (@subject, @failures, @now, 0, '')
        ON CONFLICT (subject) DO UPDATE SET
          failures = CASE WHEN bans.since < @begin THEN excluded.failures ELSE bans.failures + excluded.failures END,
          since = CASE WHEN bans.since < @begin THEN excluded.since ELSE bans.since END
        RETURNING failures
        """;

    private const string Impose = "UPDATE bans SET until = @until, reason = @reason, failures = 0 WHERE subject = @subject AND until < @until";

    private const string Put =
        """
        INSERT INTO bans (subject, failures, since, until, reason) VALUES (@subject, 0, @now, @until, @reason)
        ON CONFLICT (subject) DO UPDATE SET failures = 0, until = excluded.until, reason = excluded.reason
        """;

    private const string Delete = "DELETE FROM bans WHERE subject = @subject AND until > @now";
    private const string Purge = "DELETE FROM bans WHERE until <= @now AND since < @begin";
    private const string InForce = "SELECT subject, until FROM bans WHERE until > @now ORDER BY until DESC LIMIT @count";
    private const string SelectPage = "SELECT subject, until, reason FROM bans WHERE until > @now AND subject > @after ORDER BY subject LIMIT @count";

    private DateTimeOffset _purgedAt;

    /// <summary>Counts failures that came together in one transaction; the subjects that are banned by it.</summary>
    public async Task<IReadOnlyList<string>> CountAsync(IReadOnlyList<FailedLogin> failures)
    {
        // In one order everywhere, so that two copies that count the same subjects wait for each other and not in a circle.
        var counts = failures.SelectMany(failure => new[] { failure.Network, failure.Account }).OfType<string>()
            .CountBy(subject => subject).OrderBy(count => count.Key, StringComparer.Ordinal).ToList();
        var purges = clock.GetUtcNow() - _purgedAt > options.Window;
        var banned = await database.WriteAsync(async session =>
        {
            var imposed = new List<string>();
            foreach (var (subject, count) in counts)
            {
                if (await CountAsync(session, subject, count))
                    imposed.Add(subject);
            }
            return imposed;
        });
        if (purges)
            await PurgeAsync();
        return banned;
    }

    public Task PutAsync(string subject, DateTimeOffset? until, string reason, CancellationToken cancellationToken) => database.WriteAsync(
        session => session.ExecuteAsync(
            Put, ("subject", subject), ("now", Now), ("until", until?.ToUnixTimeMilliseconds() ?? Forever), ("reason", reason)), cancellationToken);

    public async Task<bool> DeleteAsync(string subject, CancellationToken cancellationToken) =>
        await database.WriteAsync(session => session.ExecuteAsync(Delete, ("subject", subject), ("now", Now)), cancellationToken) > 0;

    /// <summary>Every ban in force and the moment of its end, in Unix milliseconds.</summary>
    public Task<List<(string Subject, long Until)>> InForceAsync() => database.ReadAsync(session =>
        session.QueryAsync(InForce, row => (row.GetString(0), row.GetInt64(1)), ("now", Now), ("count", MaxBans)));

    public Task<List<BanInfo>> PageAsync(string after, int count) => database.ReadAsync(session => session.QueryAsync(
        SelectPage,
        row => new BanInfo(row.GetString(0), row.GetInt64(1) == Forever ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)), row.GetString(2)),
        ("now", Now), ("after", after), ("count", count)));

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long WindowBegin => (clock.GetUtcNow() - options.Window).ToUnixTimeMilliseconds();

    private async Task<bool> CountAsync(DatabaseSession session, string subject, int count)
    {
        var isAccount = subject.Contains('@', StringComparison.Ordinal);
        var limit = isAccount ? options.AccountFailures : options.Failures;
        var failures = await session.ScalarAsync<long>(Count, ("subject", subject), ("failures", (long)count), ("now", Now), ("begin", WindowBegin));
        if (failures < limit)
            return false;
        return await session.ExecuteAsync(
            Impose, ("until", (clock.GetUtcNow() + options.Time).ToUnixTimeMilliseconds()), ("reason", $"{failures} failed logins"), ("subject", subject)) > 0;
    }

    private async Task PurgeAsync()
    {
        await database.WriteAsync(session => session.ExecuteAsync(Purge, ("now", Now), ("begin", WindowBegin)));
        _purgedAt = clock.GetUtcNow();
    }
}
