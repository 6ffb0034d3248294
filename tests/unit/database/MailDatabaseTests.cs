using System.Diagnostics;
using MailMesh.Database;
using Microsoft.Data.Sqlite;

namespace MailMesh.Unit.Tests.Database;

/// <summary>Writers that share a transaction: durable together, undone alone; and what a full disk does to them.</summary>
public sealed class MailDatabaseTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-db-").FullName;
    private MailDatabase _database = null!;

    public async Task InitializeAsync() => _database = await OpenAsync(Path.Combine(_folder, "test.db"));

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Failed_work_is_undone_alone()
    {
        var works = Enumerable.Range(0, 40).Select(i => _database.WriteAsync(async session =>
        {
            await AddAsync(session, $"t{i}");
            if (i % 4 == 1)
                throw new InvalidOperationException($"{i}");
            if (i % 4 == 2)
                await session.ExecuteAsync("INSERT INTO domains (name, created_at) VALUES ('t0', 0)"); // a duplicate
            return i;
        })).ToList();
        for (var i = 0; i < 40; i++)
        {
            if (i % 4 == 1)
                await Assert.ThrowsAsync<InvalidOperationException>(() => works[i]);
            else if (i % 4 == 2)
                await Assert.ThrowsAsync<SqliteException>(() => works[i]);
            else
                Assert.Equal(i, await works[i]);
        }
        Assert.Equal(20, await CountAsync());
    }

    [Fact]
    public async Task First_of_a_transaction_is_undone_alone_too()
    {
        var hold = new TaskCompletionSource();
        var first = _database.WriteAsync(async session =>
        {
            await hold.Task; // until the others wait
            await AddAsync(session, "first");
            throw new InvalidOperationException();
        });
        var second = _database.WriteAsync(async session =>
        {
            await AddAsync(session, "second");
            throw new InvalidOperationException();
        });
        var third = _database.WriteAsync(session => AddAsync(session, "third"));
        var fourth = _database.WriteAsync(session => AddAsync(session, "first"));
        hold.SetResult();
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await Assert.ThrowsAsync<InvalidOperationException>(() => second);
        await third;
        await fourth;
        Assert.Equal(2, await CountAsync());
    }

    [Fact]
    public async Task Log_stays_bounded_while_writers_write()
    {
        const int writes = 1200;
        const int octets = 256 * 1024;
        await Parallel.ForAsync(0, writes, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, cancelled) =>
            await _database.WriteAsync(session => AddAsync(session, i + new string('x', octets)), cancelled));
        Assert.InRange(new FileInfo(Path.Combine(_folder, "test.db-wal")).Length, 1, (long)writes * octets / 2);
        Assert.Equal(writes, await CountAsync());
    }

    [Fact]
    public async Task Cancelled_before_it_began_is_not_run()
    {
        var hold = new TaskCompletionSource();
        var first = _database.WriteAsync(async session =>
        {
            await hold.Task;
            await AddAsync(session, "first");
        });
        using var stop = new CancellationTokenSource();
        var second = _database.WriteAsync(session => AddAsync(session, "second"), stop.Token);
        await stop.CancelAsync();
        hold.SetResult();
        await first;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Snapshot_does_not_see_later_writes()
    {
        var (before, after) = await _database.ReadSnapshotAsync(async session =>
        {
            var first = await session.ScalarAsync<long>("SELECT count(*) FROM domains");
            await _database.WriteAsync(writer => AddAsync(writer, "meanwhile"));
            return (first, await session.ScalarAsync<long>("SELECT count(*) FROM domains"));
        });
        Assert.Equal((0, 0), (before, after));
        Assert.Equal(1, await CountAsync());
    }

    [Fact]
    public async Task Connections_make_commits_durable()
    {
        var (mode, level) = await _database.WriteAsync(async session =>
            (await session.ScalarAsync<string>("PRAGMA journal_mode"), await session.ScalarAsync<long>("PRAGMA synchronous")));
        Assert.Equal(("wal", 2), (mode, level));
        var ef = await _database.QueryAsync(async context =>
        {
            var connection = Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.GetDbConnection(context.Database);
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA synchronous";
            return await command.ExecuteScalarAsync();
        });
        Assert.Equal(2L, ef);
    }

    [Fact]
    public async Task Changes_by_EF_and_by_statements_take_turns()
    {
        await Task.WhenAll(Enumerable.Range(0, 30).Select(i => i % 3 == 0
            ? _database.ChangeAsync(context =>
            {
                context.Domains.Add(new Domain { Name = $"ef{i}" });
                return Task.FromResult(true);
            })
            : _database.WriteAsync(async session =>
            {
                await AddAsync(session, $"sql{i}");
                return true;
            })));
        Assert.Equal(30, await CountAsync());
    }

    [Fact]
    public async Task Full_disk_fails_the_writers_and_room_makes_it_good()
    {
        var mount = Path.Combine(_folder, "small");
        Directory.CreateDirectory(mount);
        if (!Run("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount))
            return; // only root may mount
        try
        {
            var database = await OpenAsync(Path.Combine(mount, "test.db"));
            await database.WriteAsync(session => AddAsync(session, "before"));
            var filler = Path.Combine(mount, "filler");
            await Assert.ThrowsAnyAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[3_000_000]));
            var failures = await Task.WhenAll(Enumerable.Range(0, 10).Select(async i =>
                await Record.ExceptionAsync(() => database.WriteAsync(session => AddAsync(session, new string('x', 200_000) + i)))));
            Assert.All(failures, failure => Assert.IsType<SqliteException>(failure));
            Assert.Equal(1, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM domains")));
            File.Delete(filler);
            await database.WriteAsync(session => AddAsync(session, "after"));
            Assert.Equal(2, await database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM domains")));
            await database.DisposeAsync();
        }
        finally
        {
            Run("umount", "-l", mount);
        }
    }

    private static async Task<MailDatabase> OpenAsync(string path)
    {
        var database = MailDatabase.OnSqlite(path);
        await database.MigrateAsync();
        return database;
    }

    private static Task<int> AddAsync(DatabaseSession session, string name) =>
        session.ExecuteAsync("INSERT INTO domains (name, created_at) VALUES (@name, 0)", ("@name", name));

    private Task<long> CountAsync() => _database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM domains"));

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
