using MailMesh.Database;
using MailMesh.Testing;
using MailMesh.Tracking;

namespace MailMesh.Contract.Tests.Tracking;

public sealed class TrackingLogTests : IAsyncLifetime
{
    private readonly MailDatabase _database = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("tracking"), "mailmesh.db"));

    public Task InitializeAsync() => _database.MigrateAsync();

    public async Task DisposeAsync() => await _database.DisposeAsync();

    [Fact]
    public async Task A_story_reads_as_it_was_told()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        var detail = new Dictionary<string, string> { ["z"] = "first", ["a"] = "\"quoted\" <b> 日本語\r\n", ["m"] = "" };
        log.Record(Line("1", "received") with { Detail = detail });
        log.Record(Line("2", "received"));
        log.Record(Line("1", "delivered") with { Recipient = "alice@example.com" });
        var story = await log.ReadAsync("1");
        Assert.Equal(["received", "delivered"], story.Select(line => line.Event));
        Assert.Equal(detail, story[0].Detail);
        Assert.Equal(["z", "a", "m"], story[0].Detail.Keys);
        Assert.Equal(("alice@example.com", 0), (story[1].Recipient, story[1].Detail.Count));
        Assert.NotEqual(default, story[0].At);
    }

    [Fact]
    public async Task What_was_flushed_is_there_for_everybody()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        for (var i = 0; i < 5_000; i++)
            log.Record(Line((i % 10).ToString(), $"event{i}"));
        await log.FlushAsync();
        Assert.Equal(5_000, await CountAsync());
        await log.FlushAsync();
    }

    [Fact]
    public async Task Lines_are_written_without_a_flush_too()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        log.Record(Line("1", "received"));
        await Wait.UntilAsync("the first line", async () => await CountAsync() == 1);
        log.Record(Line("1", "delivered"));
        await Wait.UntilAsync("the second line", async () => await CountAsync() == 2);
    }

    [Fact]
    public async Task The_end_of_the_process_writes_what_waits()
    {
        var log = new TrackingLog(_database, TimeProvider.System);
        for (var i = 0; i < 3_000; i++)
            log.Record(Line("1", "received"));
        await log.DisposeAsync();
        Assert.Equal(3_000, await CountAsync());
        await log.DisposeAsync();
    }

    [Fact]
    public async Task Concurrent_writers_and_flushes_lose_nothing()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 500; i++)
            {
                log.Record(Line($"{writer}", $"{i}"));
                if (i % 50 == 0)
                    await log.FlushAsync();
            }
        })));
        for (var writer = 0; writer < 8; writer++)
            Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), (await log.ReadAsync($"{writer}")).OrderBy(l => l.At).Select(l => l.Event));
    }

    [Fact]
    public async Task Lines_wait_while_the_database_is_away()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        await RenameAsync("tracking", "away");
        for (var i = 0; i < 100; i++)
            log.Record(Line("1", $"{i}"));
        var flush = log.FlushAsync();
        Assert.NotSame(flush, await Task.WhenAny(flush, Task.Delay(500)));
        await RenameAsync("away", "tracking");
        await flush.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(100, await CountAsync());
    }

    [Fact]
    public async Task A_line_that_the_database_never_takes_does_not_hold_up_the_others()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        await _database.WriteAsync(session => session.ExecuteAsync(
            "CREATE TRIGGER poison BEFORE INSERT ON tracking WHEN NEW.event = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END"));
        foreach (var name in (string[])["one", "poison", "two"])
            log.Record(Line("1", name));
        await log.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["one", "two"], (await log.ReadAsync("1")).Select(line => line.Event));
    }

    private static TrackingEvent Line(string id, string what) => new() { MessageId = id, Service = "ingress", Event = what };

    private Task<long> CountAsync() => _database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM tracking"));

    private Task RenameAsync(string from, string to) => _database.WriteAsync(session => session.ExecuteAsync($"ALTER TABLE {from} RENAME TO {to}"));
}
