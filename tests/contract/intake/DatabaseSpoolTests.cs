using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Spool;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests;

/// <summary>The spool table on SQLite, and what only it promises: the replay after a start.</summary>
public sealed class DatabaseSpoolTests : MessageIntakeContract
{
    private static readonly SpoolOptions Options = new() { RemovalDelay = TimeSpan.Zero, ReplayWindow = 100 };

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
    private MailDatabase _database = null!;
    private TrackingLog _tracking = null!;
    private DatabaseSpool _spool = null!;

    protected override IMessageIntake Intake => _spool;

    public override async Task InitializeAsync()
    {
        _database = MailDatabase.OnSqlite(Path.Combine(Scratch.NewFolder("spool"), "mailmesh.db"));
        await _database.MigrateAsync();
        _tracking = new TrackingLog(_database, TimeProvider.System);
        _spool = Start(Options);
    }

    public override async Task DisposeAsync()
    {
        await _spool.DisposeAsync();
        await _tracking.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected override async Task<IReadOnlyList<string>> DurableAsync() =>
        await _database.ReadAsync(session => session.QueryAsync("SELECT message_id FROM spool ORDER BY message_id", row => row.GetString(0)));

    [Fact]
    public async Task What_an_earlier_run_left_is_published_again()
    {
        await _spool.AcceptAsync(Message("1"));
        await _spool.AcceptAsync(Message("2"));
        var second = await RestartAsync();
        await ReplayAllAsync(second);
        var again = Bus.Published<MessageReceived>().Skip(2).ToArray();
        Assert.Equal(["1", "2"], again.Select(m => m.MessageId));
        Assert.All(again, m => Assert.Null(m.VerdictTo));
        second.Expect("1", 1);
        second.Settle("1");
        await Wait.UntilAsync("the settled one to be gone", async () => (await DurableAsync()).Count == 1);
        Assert.Equal(["2"], await DurableAsync());
    }

    [Fact]
    public async Task What_came_in_since_the_start_is_not_replayed()
    {
        await _spool.AcceptAsync(Message("1"));
        var second = await RestartAsync();
        await second.AcceptAsync(Message("0"));
        await ReplayAllAsync(second);
        Assert.Equal(["1", "0", "1"], Bus.Published<MessageReceived>().Select(m => m.MessageId));
    }

    [Fact]
    public async Task A_long_backlog_is_replayed_a_window_at_a_time()
    {
        for (var i = 0; i < 5; i++)
            await Task.WhenAll(Enumerable.Range(0, 50).Select(n => _spool.AcceptAsync(Message($"{i:D3}-{n:D3}"))));
        var second = await RestartAsync();
        Assert.True(await second.ReplayAsync(default));
        Assert.Equal(100, second.UnsettledCount);
        Assert.True(await second.ReplayAsync(default)); // full: nothing happened to the first hundred yet
        Assert.Equal(100, second.UnsettledCount);
        foreach (var message in Bus.Published<MessageReceived>().Skip(250).Take(40))
        {
            second.Expect(message.MessageId, 1);
            second.Settle(message.MessageId);
        }
        await Wait.UntilAsync("forty to be gone", () => Task.FromResult(second.UnsettledCount == 60));
        Assert.True(await second.ReplayAsync(default));
        Assert.Equal(100, second.UnsettledCount);
        // Those that nothing happens to do not keep the others waiting.
        _clock.Advance(TimeSpan.FromMinutes(1));
        await ReplayAllAsync(second);
        Assert.Equal(250, Bus.Published<MessageReceived>().Skip(250).DistinctBy(m => m.MessageId).Count());
    }

    [Fact]
    public async Task A_message_that_nothing_happens_to_is_published_again()
    {
        await _spool.AcceptAsync(Message("1"));
        await _spool.SweepAsync(default);
        Assert.Single(Bus.Published<MessageReceived>());
        _clock.Advance(Options.RepublishAfter);
        await _spool.SweepAsync(default);
        await _spool.SweepAsync(default);
        Assert.Equal(2, Bus.Published<MessageReceived>().Count);
    }

    [Fact]
    public async Task A_bus_that_is_away_delays_a_message_and_loses_none()
    {
        Bus.Publishing = _ => throw new InvalidOperationException("the bus is away");
        await _spool.AcceptAsync(Message("1"));
        Assert.Equal(["1"], await DurableAsync());
        Bus.Publishing = _ => { };
        _clock.Advance(Options.RepublishAfter);
        await _spool.SweepAsync(default);
        Assert.Single(Bus.Published<MessageReceived>());
    }

    [Fact]
    public async Task A_stalled_server_takes_no_more_than_it_may()
    {
        var small = await RestartAsync(Options with { MaxUnsettled = 3 });
        for (var i = 0; i < 3; i++)
            await small.AcceptAsync(Message($"{i}"));
        await Assert.ThrowsAsync<IOException>(() => small.AcceptAsync(Message("3")));
        small.Expect("0", 0);
        await Wait.UntilAsync("room", () => Task.FromResult(small.UnsettledCount < 3));
        await small.AcceptAsync(Message("3"));
        Assert.Equal(["1", "2", "3"], await DurableAsync());
    }

    [Fact]
    public async Task A_database_that_fails_is_an_io_exception_and_nothing_is_published()
    {
        await _database.WriteAsync(session => session.ExecuteAsync("DROP TABLE spool"));
        await Assert.ThrowsAsync<IOException>(() => _spool.AcceptAsync(Message("1")));
        Assert.Empty(Bus.Published<MessageReceived>());
        Assert.Equal(0, _spool.UnsettledCount);
    }

    private async Task<DatabaseSpool> RestartAsync(SpoolOptions? options = null)
    {
        await _spool.DisposeAsync();
        return _spool = Start(options ?? Options);
    }

    private DatabaseSpool Start(SpoolOptions options) =>
        new(_database, Bus, _tracking, options, _clock, NullLogger<DatabaseSpool>.Instance);

    private async Task ReplayAllAsync(DatabaseSpool spool)
    {
        for (var turn = 0; await spool.ReplayAsync(default); turn++)
        {
            Assert.True(turn < 10, "the replay does not end");
            _clock.Advance(TimeSpan.FromMinutes(1));
        }
    }
}
