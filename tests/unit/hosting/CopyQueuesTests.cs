using MailMesh.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Hosting;

/// <summary>What waits for a verdict waits first for the queue that it will come to.</summary>
public sealed class CopyQueuesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly CopyQueues _queues;

    public CopyQueuesTests() => _queues = new CopyQueues(_clock);

    [Fact]
    public async Task Waits_for_the_queue_each_time_that_it_has_gone()
    {
        var observer = _queues.Observe("verdicts");
        await GoesOnWithAsync(() => observer.Ready(null!));
        await _queues.ThereAsync("verdicts", default);
        await observer.Faulted(null!);
        await GoesOnWithAsync(() => observer.Ready(null!));
        await observer.Completed(null!);
        await observer.Faulted(null!);
        await GoesOnWithAsync(() => observer.Ready(null!));
    }

    [Fact]
    public async Task Waits_for_no_queue_for_long()
    {
        _queues.Observe("verdicts");
        await GoesOnWithAsync(() =>
        {
            _clock.Advance(TimeSpan.FromSeconds(5));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task Whoever_gives_up_waits_no_longer()
    {
        _queues.Observe("verdicts");
        using var given = new CancellationTokenSource();
        var waiting = _queues.ThereAsync("verdicts", given.Token).AsTask();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task A_queue_of_another_process_is_not_waited_for()
    {
        _queues.Observe("access");
        var waiting = _queues.ThereAsync("verdicts", default).AsTask();
        Assert.True(waiting.IsCompleted);
        await waiting;
    }

    private async Task GoesOnWithAsync(Func<Task> what)
    {
        var waiting = _queues.ThereAsync("verdicts", default).AsTask();
        Assert.False(waiting.IsCompleted);
        await what();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }
}
