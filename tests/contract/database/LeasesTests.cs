using MailMesh.Database;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Database;

/// <summary>One of all copies has a lease; two copies on one PostgreSQL database.</summary>
public sealed class LeasesTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", null));
    private TestDatabase _postgres = null!;
    private MailDatabase _database = null!;
    private Leases _one = null!;
    private Leases _two = null!;

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        _postgres = await TestDatabase.CreateAsync();
        _database = MailDatabase.OnPostgres(_postgres.ConnectionString);
        await _database.MigrateAsync();
        _one = Copy();
        _two = Copy();
    }

    public async Task DisposeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        await _one.DisposeAsync();
        await _two.DisposeAsync();
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    [MeshFact]
    public async Task One_copy_has_it_until_it_gives_it_back()
    {
        var lease = await _one.TryTakeAsync("maildrop 1");
        Assert.NotNull(lease);
        Assert.Null(await _two.TryTakeAsync("maildrop 1"));
        Assert.Null(await _one.TryTakeAsync("maildrop 1"));
        Assert.NotNull(await _two.TryTakeAsync("maildrop 2"));
        await lease.DisposeAsync();
        Assert.NotNull(await _two.TryTakeAsync("maildrop 1"));
        await lease.DisposeAsync(); // again: frees nothing of the next holder
        Assert.Null(await _one.TryTakeAsync("maildrop 1"));
    }

    [MeshFact]
    public async Task Of_all_that_try_at_once_one_has_it()
    {
        for (var round = 0; round < 20; round++)
        {
            var name = $"round {round}";
            var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? _one : _two).TryTakeAsync(name)));
            Assert.Single(taken, lease => lease is not null);
        }
    }

    [MeshFact]
    public async Task A_copy_that_lives_keeps_it_and_that_of_a_dead_one_runs_out()
    {
        var lease = await _one.TryTakeAsync("maildrop 1");
        await AdvanceAsync(Leases.Term * 2, renewedBy: "maildrop 1");
        Assert.False(lease!.IsLost);
        Assert.Null(await _two.TryTakeAsync("maildrop 1"));
        // A dead copy: nothing renews its row.
        await _database.WriteAsync(session => session.ExecuteAsync("UPDATE leases SET owner = 'dead'"));
        Assert.Null(await _two.TryTakeAsync("maildrop 1"));
        _clock.Advance(Leases.Term);
        Assert.NotNull(await _two.TryTakeAsync("maildrop 1"));
        Assert.True(lease.IsLost);
    }

    [MeshFact]
    public async Task A_copy_that_ends_leaves_nothing()
    {
        var ending = Copy();
        Assert.NotNull(await ending.TryTakeAsync("a"));
        Assert.NotNull(await ending.TryTakeAsync("b"));
        await ending.DisposeAsync();
        Assert.NotNull(await _one.TryTakeAsync("a"));
        Assert.NotNull(await _one.TryTakeAsync("b"));
    }

    /// <summary>POP3's LOGIN-DELAY: whichever copy began it, and neither that copy nor its end takes it back.</summary>
    [MeshFact]
    public async Task A_pause_is_every_copys_until_its_end()
    {
        var begins = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? _one : _two).TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90))));
        Assert.Single(begins, begun => begun);
        Assert.True(await _two.TryPauseAsync("login delay 2", TimeSpan.FromSeconds(1)));
        await _one.DisposeAsync();
        _clock.Advance(TimeSpan.FromSeconds(89));
        Assert.False(await _two.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
        Assert.True(await _two.TryPauseAsync("login delay 2", TimeSpan.FromSeconds(1)));
        _clock.Advance(TimeSpan.FromSeconds(2)); // and a refusal makes it no longer
        Assert.True(await _two.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
        Assert.False(await _two.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
    }

    [Fact]
    public async Task A_pause_outlives_a_restart_on_the_embedded_database()
    {
        var folder = Directory.CreateTempSubdirectory("leases");
        await using var database = MailDatabase.OnSqlite(Path.Combine(folder.FullName, "mailmesh.db"));
        await database.MigrateAsync();
        await using (var before = new Leases(database, _clock, NullLogger<Leases>.Instance))
            Assert.True(await before.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
        await using var after = new Leases(database, _clock, NullLogger<Leases>.Instance);
        Assert.False(await after.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
        _clock.Advance(TimeSpan.FromSeconds(90));
        Assert.True(await after.TryPauseAsync("login delay 1", TimeSpan.FromSeconds(90)));
    }

    /// <summary>A killed server's sessions must not lock their users out when it starts again: the folder's lock says that it is alone.</summary>
    [Fact]
    public async Task On_the_embedded_database_a_restart_finds_everything_free()
    {
        var folder = Directory.CreateTempSubdirectory("leases");
        await using var database = MailDatabase.OnSqlite(Path.Combine(folder.FullName, "mailmesh.db"));
        await database.MigrateAsync();
        var killed = new Leases(database, _clock, NullLogger<Leases>.Instance);
        var lease = await killed.TryTakeAsync("maildrop 1");
        Assert.Null(await killed.TryTakeAsync("maildrop 1"));
        await using var restarted = new Leases(database, _clock, NullLogger<Leases>.Instance);
        Assert.NotNull(await restarted.TryTakeAsync("maildrop 1"));
        _clock.Advance(Leases.Term * 10);
        Assert.False(lease!.IsLost);
    }

    private Leases Copy() => new(_database, _clock, NullLogger<Leases>.Instance);

    /// <summary>In steps, each of which sees its renewal.</summary>
    private async Task AdvanceAsync(TimeSpan time, string renewedBy)
    {
        var step = Leases.Term / 4;
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            var expected = (_clock.GetUtcNow() + step + Leases.Term).ToUnixTimeMilliseconds();
            await Wait.UntilAsync("the renewal", async () =>
            {
                if (_clock.GetUtcNow() + Leases.Term < DateTimeOffset.FromUnixTimeMilliseconds(expected))
                    _clock.Advance(step); // again until the timer of the renewing loop is there
                return await _database.ReadAsync(session => session.ScalarAsync<long>("SELECT until FROM leases WHERE name = @name", ("name", renewedBy))) >= expected;
            });
        }
    }
}
