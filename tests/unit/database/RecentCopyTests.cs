using MailMesh.Database;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests;

public sealed class RecentCopyTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<string> _failures = [];
    private Func<Task<string>> _table = () => Task.FromResult("one");

    private RecentCopy<string> Copy() => new(() => _table(), failure => _failures.Add(failure.Message), _clock);

    [Fact]
    public async Task A_change_elsewhere_is_seen_within_seconds_and_one_of_this_process_at_once()
    {
        var copy = Copy();
        Assert.Equal("one", await copy.GetAsync());
        _table = () => Task.FromResult("two");
        Assert.Equal("one", await copy.GetAsync());
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("two", await copy.GetAsync());
        _table = () => Task.FromResult("three");
        copy.Forget();
        Assert.Equal("three", await copy.GetAsync());
    }

    [Fact]
    public async Task A_reading_that_began_before_a_change_is_followed_by_another()
    {
        var slow = new TaskCompletionSource<string>();
        _table = () => slow.Task;
        var copy = Copy();
        var asked = copy.GetAsync().AsTask();
        copy.Forget();
        _table = () => Task.FromResult("after");
        slow.SetResult("before");
        Assert.Equal("after", await asked);
    }

    [Fact]
    public async Task The_last_copy_stands_while_the_table_cannot_be_read()
    {
        var copy = Copy();
        Assert.Equal("one", await copy.GetAsync());
        _table = () => throw new IOException("away");
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("one", await copy.GetAsync());
        Assert.Equal(["away"], _failures);
        _table = () => Task.FromResult("back");
        Assert.Equal("one", await copy.GetAsync()); // not asked again at once
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.Equal("back", await copy.GetAsync());
    }

    [Fact]
    public async Task Without_any_copy_the_table_is_asked_again_soon()
    {
        _table = () => throw new IOException("away");
        var copy = Copy();
        Assert.Null(await copy.GetAsync());
        Assert.Null(await copy.GetAsync());
        Assert.Single(_failures);
        _table = () => Task.FromResult("back");
        _clock.Advance(TimeSpan.FromMilliseconds(250));
        Assert.Equal("back", await copy.GetAsync());
    }

    [Fact]
    public async Task A_table_that_hangs_is_waited_for_as_long_as_patience_lasts_and_by_the_first_alone()
    {
        var hanging = new TaskCompletionSource<string>();
        _table = () => hanging.Task;
        var copy = Copy();
        var first = copy.GetAsync().AsTask();
        Assert.False(first.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await first);
        Assert.Null(await copy.GetAsync());
        hanging.SetResult("late");
        await Wait.UntilAsync("the reading that came late counts", async () => await copy.GetAsync() == "late");
    }
}
