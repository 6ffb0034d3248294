using MailMesh.Database;
using MailMesh.Testing;
using Npgsql;

namespace MailMesh.Contract.Tests.Database;

/// <summary>What PostgreSQL alone does: copies that migrate together, lost sessions, deadlocks, sessions that run out.</summary>
public sealed class PostgresEngineTests : IAsyncLifetime
{
    private TestDatabase _postgres = null!;

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is null)
            _postgres = await TestDatabase.CreateAsync();
    }

    public async Task DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    [MeshFact]
    public async Task Copies_that_start_together_make_the_schema_once()
    {
        var copies = Enumerable.Range(0, 4).Select(_ => MailDatabase.OnPostgres(_postgres.ConnectionString)).ToList();
        Assert.Equal(SchemaState.Missing, await copies[0].SchemaStateAsync());
        await Task.WhenAll(copies.Select(copy => copy.MigrateAsync()));
        Assert.Equal(SchemaState.Current, await copies[0].SchemaStateAsync());
        foreach (var copy in copies)
            await copy.DisposeAsync();
    }

    [MeshFact]
    public async Task Lost_sessions_are_replaced_without_a_fault()
    {
        await using var database = await MigratedAsync();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => AddAsync(database, $"before{i}")));
        await KillSessionsAsync();
        Assert.Equal(4, await CountAsync(database));
        await KillSessionsAsync();
        await AddAsync(database, "after");
        await KillSessionsAsync();
        Assert.Equal(5, await database.QueryAsync(context => Task.FromResult(context.Domains.Count())));
    }

    [MeshFact]
    public async Task Script_is_run_again_where_its_session_was_ended_before()
    {
        await using var database = await MigratedAsync();
        await AddByScriptAsync(database, "before");
        await KillSessionsAsync();
        await AddByScriptAsync(database, "after");
        Assert.Equal(2, await CountAsync(database));
    }

    [MeshFact]
    public async Task Script_that_fails_leaves_nothing()
    {
        await using var database = await MigratedAsync();
        await AddByScriptAsync(database, "a");
        await Assert.ThrowsAsync<PostgresException>(() => AddByScriptAsync(database, "b", second: "a"));
        Assert.Equal(1, await CountAsync(database));
        await AddByScriptAsync(database, "b");
        Assert.Equal(2, await CountAsync(database));
    }

    [MeshFact]
    public async Task Scripts_that_go_together_are_each_done_or_refused_alone()
    {
        await using var database = await MigratedAsync();
        await AddAsync(database, "there");
        var added = await Task.WhenAll(Enumerable.Range(0, 200).Select(async i =>
        {
            try
            {
                return await AddByScriptAsync(database, i % 20 == 7 ? "there" : $"d{i}");
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.UniqueViolation)
            {
                return 0;
            }
        }));
        Assert.Equal(10, added.Count(id => id == 0));
        Assert.Equal(190, added.Where(id => id > 0).Distinct().Count());
        Assert.Equal(191, await CountAsync(database));
    }

    [MeshFact]
    public async Task Row_that_another_holds_holds_up_its_own_script_alone()
    {
        await using var database = await MigratedAsync();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => AddAsync(database, $"d{i}")));
        var (held, release) = (new TaskCompletionSource(), new TaskCompletionSource());
        var holder = database.WriteAsync(async session =>
        {
            await TouchAsync(session, "d0");
            held.TrySetResult();
            await release.Task;
        });
        await held.Task;
        var touched = Enumerable.Range(0, 20).Select(i => database.WriteScriptAsync(i, async run =>
        {
            long at = -1;
            await run(Touching, [("@name", $"d{i}")], row => at = row.GetInt64(0));
            return at;
        })).ToList();
        Assert.All(await Task.WhenAll(touched.Skip(1)).WaitAsync(Wait.Long), at => Assert.Equal(1, at));
        Assert.False(touched[0].IsCompleted);
        release.SetResult();
        await holder;
        Assert.Equal(2, await touched[0]);
    }

    [MeshFact]
    public async Task Scripts_that_read_are_run_again_where_their_session_was_lost()
    {
        await using var database = await MigratedAsync();
        await AddAsync(database, "a");
        Assert.Equal(1, await CountByScriptAsync(database));
        await KillSessionsAsync();
        Assert.All(await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => CountByScriptAsync(database))), count => Assert.Equal(1, count));
    }

    [MeshFact]
    public async Task Deadlock_is_run_again()
    {
        await using var database = await MigratedAsync();
        await AddAsync(database, "a");
        await AddAsync(database, "b");
        var tries = 0;
        var bothHold = new Barrier(2);
        Task LockAsync(string first, string second) => Task.Run(() => database.WriteAsync(async session =>
        {
            var isFirstTry = Interlocked.Increment(ref tries) <= 2;
            await TouchAsync(session, first);
            if (isFirstTry)
                bothHold.SignalAndWait(Wait.Long);
            await TouchAsync(session, second);
        }));
        await Task.WhenAll(LockAsync("a", "b"), LockAsync("b", "a"));
        Assert.InRange(tries, 3, 4); // the server may take back both
        Assert.Equal(4, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT CAST(sum(created_at) AS BIGINT) FROM domains")));
    }

    [MeshFact]
    public async Task Callers_past_the_sessions_are_refused_in_time()
    {
        await using var setup = await MigratedAsync();
        await using var database = MailDatabase.OnPostgres(_postgres.ConnectionString + ";Maximum Pool Size=2");
        var hold = new TaskCompletionSource();
        var holders = Enumerable.Range(0, 2).Select(_ => database.ReadAsync(async session =>
        {
            await hold.Task;
            return await session.ScalarAsync<long>("SELECT 1");
        })).ToList();
        var refused = await Assert.ThrowsAsync<DatabaseBusyException>(() => CountAsync(database));
        Assert.True(DatabaseFaults.IsPassing(refused));
        hold.SetResult();
        await Task.WhenAll(holders);
        Assert.Equal(0, await CountAsync(database));
    }

    [MeshFact]
    public async Task Failed_work_leaves_nothing_and_the_session_goes_on()
    {
        await using var setup = await MigratedAsync();
        await using var database = MailDatabase.OnPostgres(_postgres.ConnectionString + ";Maximum Pool Size=1");
        await Assert.ThrowsAsync<InvalidOperationException>(() => database.WriteAsync(async session =>
        {
            await InsertAsync(session, "gone");
            throw new InvalidOperationException();
        }));
        await AddAsync(database, "one");
        var duplicate = await Assert.ThrowsAsync<PostgresException>(() => AddAsync(database, "one"));
        Assert.False(DatabaseFaults.IsPassing(duplicate));
        Assert.Equal(1, await CountAsync(database));
    }

    [MeshFact]
    public async Task Race_for_a_name_is_decided_by_the_second_look()
    {
        await using var one = await MigratedAsync();
        await using var two = MailDatabase.OnPostgres(_postgres.ConnectionString);
        var added = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? one : two).ChangeAsync(context =>
        {
            var exists = context.Domains.Any(d => d.Name == "same.test");
            if (!exists)
                context.Domains.Add(new Domain { Name = "same.test" });
            return Task.FromResult(!exists);
        })));
        Assert.Equal(1, added.Count(yes => yes));
    }

    [MeshFact]
    public async Task Server_that_is_not_there_is_a_passing_fault()
    {
        await using var nobody = MailDatabase.OnPostgres("Host=127.0.0.1;Port=1;Username=nobody;Database=none");
        Assert.True(DatabaseFaults.IsPassing(await Assert.ThrowsAnyAsync<Exception>(() => CountAsync(nobody))));
        Assert.True(DatabaseFaults.IsPassing(await Assert.ThrowsAnyAsync<Exception>(() => nobody.MigrateAsync())));
        await using var missing = MailDatabase.OnPostgres(EngineAddresses.FromEnvironment().Postgres.Replace("Database=postgres", "Database=no_such", StringComparison.Ordinal));
        Assert.True(DatabaseFaults.IsPassing(await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(missing, "x"))));
        await using var empty = MailDatabase.OnPostgres(_postgres.ConnectionString);
        Assert.True(DatabaseFaults.IsPassing(await Assert.ThrowsAnyAsync<Exception>(() => AddAsync(empty, "x"))));
    }

    private async Task<MailDatabase> MigratedAsync()
    {
        var database = MailDatabase.OnPostgres(_postgres.ConnectionString);
        await database.MigrateAsync();
        return database;
    }

    /// <summary>What a restart of the server does to every connection.</summary>
    private async Task KillSessionsAsync()
    {
        await using var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(EngineAddresses.FromEnvironment().Postgres) { Pooling = false });
        await using var command = source.CreateCommand("SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity WHERE datname = @name");
        command.Parameters.AddWithValue("name", new NpgsqlConnectionStringBuilder(_postgres.ConnectionString).Database!);
        await command.ExecuteNonQueryAsync();
    }

    private static Task AddAsync(MailDatabase database, string name) => database.WriteAsync(session => InsertAsync(session, name));

    private static readonly Script Adding = new(
        "INSERT INTO domains (name, created_at) VALUES (@name, 0) RETURNING id",
        "INSERT INTO domains (name, created_at) SELECT @second, 0 WHERE CAST(@second AS TEXT) IS NOT NULL RETURNING id");

    private static Task<long> AddByScriptAsync(MailDatabase database, string name, string? second = null) => database.WriteScriptAsync(0, async run =>
    {
        long id = 0;
        await run(Adding, [("@name", name), ("@second", second)], row => id = row.GetInt64(0), _ => { });
        return id;
    });

    private static readonly Script Touching = new("UPDATE domains SET created_at = created_at + 1 WHERE name = @name RETURNING created_at");

    private static readonly Script Counting = new("SELECT count(*) FROM domains");

    private static Task<long> CountByScriptAsync(MailDatabase database) => database.ReadScriptAsync(async run =>
    {
        long count = 0;
        await run(Counting, [], row => count = row.GetInt64(0));
        return count;
    });

    private static Task<int> InsertAsync(DatabaseSession session, string name) =>
        session.ExecuteAsync("INSERT INTO domains (name, created_at) VALUES (@name, 0)", ("@name", name));

    private static Task<int> TouchAsync(DatabaseSession session, string name) =>
        session.ExecuteAsync("UPDATE domains SET created_at = created_at + 1 WHERE name = @name", ("@name", name));

    private static Task<long> CountAsync(MailDatabase database) =>
        database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM domains"));
}
