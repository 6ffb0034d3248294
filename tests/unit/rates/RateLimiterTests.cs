using CsCheck;
using MailMesh.Database;
using MailMesh.Rates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Rates;

public sealed class RateLimiterTests : IAsyncLifetime
{
    private static readonly Rate TenAMinute = new(10, TimeSpan.FromMinutes(1));

    private readonly string _folder = Directory.CreateTempSubdirectory("rates").FullName;
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.Parse("2026-11-25T12:00:00Z", null));
    private MailDatabase _database = null!;
    private RateLimiter _rates = null!;

    public Task InitializeAsync()
    {
        // Without a schema: the database refuses everything.
        _database = MailDatabase.OnSqlite(Path.Combine(_folder, "mailmesh.db"));
        _rates = new RateLimiter(_database, "copy", _clock, NullLogger<RateLimiter>.Instance);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task While_the_database_is_away_a_copy_counts_by_itself_and_tells_of_it_later()
    {
        Assert.True(_rates.TryCount(TenAMinute, "a", 6));
        Assert.False(await _rates.ExchangeAsync());
        Assert.True(_rates.TryCount(TenAMinute, "a", 4));
        Assert.False(_rates.TryCount(TenAMinute, "a"));
        await _database.MigrateAsync();
        Assert.True(await _rates.ExchangeAsync());
        var other = new RateLimiter(_database, "other", _clock, NullLogger<RateLimiter>.Instance);
        await other.LoadAsync();
        Assert.Equal(10, other.Peek(TenAMinute, "a"));
    }

    [Fact]
    public void A_window_slides()
    {
        Assert.True(_rates.TryCount(TenAMinute, "a", 10));
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.False(_rates.TryCount(TenAMinute, "a", 1));
        _clock.Advance(TimeSpan.FromSeconds(6)); // half of the ten seconds in which all were counted have left the window
        Assert.Equal(5, _rates.Peek(TenAMinute, "a"));
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.True(_rates.TryCount(TenAMinute, "a", 10));
    }

    [Fact]
    public void Windows_of_one_subject_are_counted_apart_and_what_was_taken_back_counts_no_more()
    {
        _rates.Count(TenAMinute, "a", 10);
        Assert.Equal(0, _rates.Peek(Rate.PerDay(1), "a"));
        _rates.Count(TenAMinute, "a", -3);
        Assert.True(_rates.TryCount(TenAMinute, "a", 3));
    }

    [Fact]
    public void Memory_is_bounded_and_the_one_asked_about_last_stays()
    {
        _rates.Count(TenAMinute, "early", 5);
        for (var i = 0; i < RateLimiter.MaxSubjects; i++)
        {
            _rates.Count(TenAMinute, $"{i}/{new string('x', 10_000)}");
            if (i % 10_000 == 0)
                Assert.Equal(5, _rates.Peek(TenAMinute, "early"));
        }
        Assert.Equal(RateLimiter.MaxSubjects, _rates.Subjects);
        Assert.Equal(5, _rates.Peek(TenAMinute, "early"));
        Assert.Equal(0, _rates.Peek(TenAMinute, $"0/{new string('x', 10_000)}"));
    }

    /// <summary>Against a model that remembers every moment: never more than the limit within a window that is a part shorter, and always what a window that is a part longer permits.</summary>
    [Fact]
    public void A_count_is_off_by_a_part_of_its_window_at_most() => Gen.Int[0, 15_000].Array[1, 60].Sample(steps =>
    {
        var clock = new FakeTimeProvider(DateTimeOffset.Parse("2026-11-25T12:00:00Z", null));
        var rates = new RateLimiter(_database, "copy", clock, NullLogger<RateLimiter>.Instance);
        var counted = new List<DateTimeOffset>();
        foreach (var step in steps)
        {
            clock.Advance(TimeSpan.FromMilliseconds(step));
            var total = rates.Peek(TenAMinute, "a");
            Assert.InRange(total, Within(50), Within(70));
            if (rates.TryCount(TenAMinute, "a"))
                counted.Add(clock.GetUtcNow());
            else
                Assert.Equal(TenAMinute.Limit, total);
        }

        int Within(int seconds) => counted.Count(moment => moment > clock.GetUtcNow().AddSeconds(-seconds));
    });
}
