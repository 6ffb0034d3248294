using MailMesh.Database;
using MailMesh.Testing;
using MailMesh.Tracking;

namespace MailMesh.Contract.Tests.Tracking;

public abstract class TrackingLogContract(DatabaseEngine engine) : IAsyncLifetime
{
    private EngineDatabase _engine = null!;
    private MailDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _engine = await EngineDatabase.CreateAsync(engine);
        _database = _engine.Main;
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [ContractFact]
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

    [ContractFact]
    public async Task What_was_flushed_is_there_for_everybody()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        for (var i = 0; i < 5_000; i++)
            log.Record(Line((i % 10).ToString(), $"event{i}"));
        await log.FlushAsync();
        Assert.Equal(5_000, await CountAsync());
        await log.FlushAsync();
    }

    [ContractFact]
    public async Task Lines_are_written_without_a_flush_too()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        log.Record(Line("1", "received"));
        await Wait.UntilAsync("the first line", async () => await CountAsync() == 1);
        log.Record(Line("1", "delivered"));
        await Wait.UntilAsync("the second line", async () => await CountAsync() == 2);
    }

    [ContractFact]
    public async Task The_end_of_the_process_writes_what_waits()
    {
        var log = new TrackingLog(_database, TimeProvider.System);
        for (var i = 0; i < 3_000; i++)
            log.Record(Line("1", "received"));
        await log.DisposeAsync();
        Assert.Equal(3_000, await CountAsync());
        await log.DisposeAsync();
    }

    [ContractFact]
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

    [ContractFact]
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

    [ContractFact]
    public async Task A_line_that_the_database_never_takes_does_not_hold_up_the_others()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        await _database.WriteAsync(session => session.ExecuteAsync(_database.IsExclusive
            ? "CREATE TRIGGER poison BEFORE INSERT ON tracking WHEN NEW.event = 'poison' BEGIN SELECT RAISE(ABORT, 'poison'); END"
            : "ALTER TABLE tracking ADD CHECK (event <> 'poison')"));
        foreach (var name in (string[])["one", "poison", "two"])
            log.Record(Line("1", name));
        await log.FlushAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(["one", "two"], (await log.ReadAsync("1")).Select(line => line.Event));
    }

    [ContractFact]
    public async Task Hostile_text_is_kept_as_far_as_a_database_can()
    {
        await using var log = new TrackingLog(_database, TimeProvider.System);
        log.Record(Line("1", "received") with { Recipient = "a\0b\ud800c@x.test", Detail = new Dictionary<string, string> { ["helo"] = "nul \0 half \udc00" } });
        await log.FlushAsync().WaitAsync(Wait.Long);
        var line = Assert.Single(await log.ReadAsync("1"));
        Assert.Equal("a\ufffdb\ufffdc@x.test", line.Recipient);
        Assert.Equal("nul \0 half \ufffd", line.Detail["helo"]);
    }

    private static TrackingEvent Line(string id, string what) => new() { MessageId = id, Service = "ingress", Event = what };

    private Task<long> CountAsync() => _database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM tracking"));

    private Task RenameAsync(string from, string to) => _database.WriteAsync(session => session.ExecuteAsync($"ALTER TABLE {from} RENAME TO {to}"));
}
