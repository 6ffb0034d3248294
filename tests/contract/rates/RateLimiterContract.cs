using MailMesh.Database;
using MailMesh.Rates;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Rates;

/// <summary>Copies count together by one table; two copies on one database.</summary>
public abstract class RateLimiterContract : IAsyncLifetime
{
    private const string Subject = "messages/client/192.0.2.25";

    private static readonly Rate TenADay = Rate.PerDay(10);
    private static readonly Rate FiveAMinute = new(5, TimeSpan.FromMinutes(1));

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", null));
    private MailDatabase[] _databases = [];
    private RateLimiter _one = null!;
    private RateLimiter _two = null!;

    protected abstract Task<MailDatabase> OpenDatabaseAsync();

    public virtual async Task InitializeAsync()
    {
        _databases = [await OpenDatabaseAsync(), await OpenDatabaseAsync()];
        _one = Copy(0, "one");
        _two = Copy(1, "two");
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var database in _databases)
            await database.DisposeAsync();
    }

    [MeshFact]
    public async Task Two_copies_add_up()
    {
        Assert.True(_one.TryCount(TenADay, Subject, 4));
        Assert.True(_two.TryCount(TenADay, Subject, 5));
        await ExchangeAsync();
        Assert.Equal((9, 9), (_one.Peek(TenADay, Subject), _two.Peek(TenADay, Subject)));
        Assert.True(_two.TryCount(TenADay, Subject));
        Assert.False(_two.TryCount(TenADay, Subject));
        await ExchangeAsync();
        Assert.False(_one.TryCount(TenADay, Subject));
        Assert.True(_one.TryCount(TenADay, "messages/client/192.0.2.26", 10)); // nobody else's
        Assert.Equal(10, _two.Peek(TenADay, Subject)); // what was refused is not counted
    }

    [MeshFact]
    public async Task Counts_stay_right_over_many_exchanges_and_parts_of_the_window()
    {
        for (var i = 0; i < 12; i++)
        {
            _one.Count(FiveAMinute, Subject);
            _two.Count(FiveAMinute, Subject, 2);
            await ExchangeAsync();
            await ExchangeAsync();
            _clock.Advance(TimeSpan.FromSeconds(5));
        }
        // A minute of 12 steps, 3 each; the oldest part is whole at its border.
        Assert.Equal((36, 36), (_one.Peek(FiveAMinute, Subject), _two.Peek(FiveAMinute, Subject)));
        _clock.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(18, _one.Peek(FiveAMinute, Subject));
        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(0, _one.Peek(FiveAMinute, Subject));
    }

    [MeshFact]
    public async Task A_daily_quota_outlives_a_restart()
    {
        Assert.True(_one.TryCount(TenADay, Subject, 10));
        await _one.ExchangeAsync();
        var next = Copy(0, "next life");
        await next.LoadAsync();
        Assert.False(next.TryCount(TenADay, Subject));
        _clock.Advance(TimeSpan.FromHours(12));
        await next.ExchangeAsync();
        Assert.False(next.TryCount(TenADay, Subject));
        _clock.Advance(TimeSpan.FromHours(17));
        Assert.True(next.TryCount(TenADay, Subject, 10));
    }

    [MeshFact]
    public async Task Rows_go_when_their_window_is_over_and_others_stay()
    {
        _one.Count(FiveAMinute, Subject, 3);
        _one.Count(TenADay, Subject, 4);
        await _one.ExchangeAsync();
        _clock.Advance(TimeSpan.FromMinutes(3));
        await _two.ExchangeAsync();
        Assert.Equal(["86400/messages/client/192.0.2.25"], await SubjectsAsync());
        _clock.Advance(TimeSpan.FromHours(33));
        await _two.ExchangeAsync();
        Assert.Empty(await SubjectsAsync());
    }

    [MeshFact]
    public async Task Many_subjects_travel_in_one_exchange()
    {
        for (var i = 0; i < 2_000; i++)
            _one.Count(TenADay, $"messages/client/{i}", i + 1);
        await _one.ExchangeAsync();
        await _two.LoadAsync();
        Assert.Equal(2_000, _two.Peek(TenADay, "messages/client/1999"));
        Assert.Equal(8, _two.Peek(TenADay, "messages/client/7"));
        Assert.Equal(2_000, _two.Subjects);
    }

    private RateLimiter Copy(int database, string name) => new(_databases[database], name, _clock, NullLogger<RateLimiter>.Instance);

    private async Task ExchangeAsync()
    {
        foreach (var copy in (RateLimiter[])[_one, _two, _one])
            Assert.True(await copy.ExchangeAsync());
        // A copy reads what it was asked about.
        _ = (_one.Peek(TenADay, Subject), _one.Peek(FiveAMinute, Subject), _two.Peek(FiveAMinute, Subject));
        Assert.True(await _one.ExchangeAsync());
        Assert.True(await _two.ExchangeAsync());
    }

    private Task<List<string>> SubjectsAsync() =>
        _databases[0].ReadAsync(session => session.QueryAsync("SELECT subject FROM rate_counts ORDER BY subject", row => row.GetString(0)));
}
