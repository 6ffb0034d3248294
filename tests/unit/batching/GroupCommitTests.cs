using MailMesh.Batching;

namespace MailMesh.Unit.Tests.Batching;

/// <summary>Group commit: who waits shares, who is alone does not wait, who is bad fails alone.</summary>
public sealed class GroupCommitTests
{
    [Fact]
    public async Task Items_that_arrive_during_a_commit_share_the_next()
    {
        var groups = new List<int>();
        var first = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>(async items =>
        {
            groups.Add(items.Count);
            if (groups.Count == 1)
                await first.Task;
            return [.. items.Select(i => i * 2)];
        });
        var alone = commit.AddAsync(1);
        await UntilAsync(() => groups.Count == 1);
        var rest = Enumerable.Range(2, 99).Select(i => commit.AddAsync(i)).ToList();
        first.SetResult();
        Assert.Equal(2, await alone);
        Assert.Equal(Enumerable.Range(2, 99).Select(i => i * 2), await Task.WhenAll(rest));
        Assert.Equal([1, 99], groups);
    }

    [Fact]
    public async Task Pace_gathers_what_comes_soon_after_a_commit()
    {
        var groups = new List<int>();
        await using var commit = new GroupCommit<int, int>(items =>
        {
            groups.Add(items.Count);
            return Task.FromResult<IReadOnlyList<int>>([.. items]);
        }, pace: TimeSpan.FromSeconds(1));
        await commit.AddAsync(1);
        var second = commit.AddAsync(2);
        await Task.WhenAll(second, commit.AddAsync(3));
        Assert.Equal([1, 2], groups);
    }

    [Fact]
    public async Task Group_is_bounded()
    {
        var largest = 0;
        await using var commit = new GroupCommit<int, int>(items =>
        {
            largest = Math.Max(largest, items.Count);
            return Task.FromResult<IReadOnlyList<int>>([.. items]);
        }, maxGroup: 7);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => commit.AddAsync(i)));
        Assert.InRange(largest, 1, 7);
    }

    [Fact]
    public async Task Group_fails_together_where_no_item_can_be_at_fault()
    {
        var commits = 0;
        var hold = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>(async _ =>
        {
            commits++;
            await hold.Task;
            throw new InvalidOperationException("away");
        }, splits: false);
        var tasks = Enumerable.Range(0, 100).Select(i => commit.AddAsync(i)).ToList();
        hold.SetResult();
        foreach (var task in tasks)
            await Assert.ThrowsAsync<InvalidOperationException>(() => task);
        Assert.InRange(commits, 1, tasks.Count - 1);
    }

    [Fact]
    public async Task Bad_item_fails_alone()
    {
        var hold = new TaskCompletionSource();
        await using var commit = new GroupCommit<int, int>(async items =>
        {
            await hold.Task;
            return items.Contains(13) ? throw new InvalidOperationException("13") : [.. items];
        });
        var tasks = Enumerable.Range(10, 6).Select(i => commit.AddAsync(i)).ToList();
        hold.SetResult();
        foreach (var (task, i) in tasks.Select((t, i) => (t, i + 10)))
        {
            if (i == 13)
                await Assert.ThrowsAsync<InvalidOperationException>(() => task);
            else
                Assert.Equal(i, await task);
        }
    }

    [Fact]
    public async Task Dispose_waits_for_what_was_taken_and_takes_no_more()
    {
        var hold = new TaskCompletionSource();
        var commit = new GroupCommit<int, int>(async items =>
        {
            await hold.Task;
            return [.. items];
        });
        var taken = commit.AddAsync(1);
        var dispose = commit.DisposeAsync().AsTask();
        Assert.False(dispose.IsCompleted);
        hold.SetResult();
        await dispose;
        Assert.Equal(1, await taken);
        await Assert.ThrowsAnyAsync<Exception>(() => commit.AddAsync(2));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            await Task.Yield();
    }
}
