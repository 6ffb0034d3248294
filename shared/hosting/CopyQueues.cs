using MassTransit;

namespace MailMesh.Hosting;

/// <summary>Which queues of this copy alone are there. They go with its connection to the broker, and come back a little after it can publish again.</summary>
internal sealed class CopyQueues(TimeProvider clock)
{
    /// <summary>Past it whoever would answer is asked all the same: an answer that finds no queue costs its session the wait for it.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource> _queues = [];

    /// <summary>What tells when the queue comes and goes.</summary>
    public IReceiveEndpointObserver Observe(string queue)
    {
        Gone(queue);
        return new Observer(this, queue);
    }

    /// <summary>Completes when the queue is there, or is not in time; at once for one that this process does not have.</summary>
    public async ValueTask ThereAsync(string queue, CancellationToken cancellationToken)
    {
        if (Of(queue) is not { Task.IsCompleted: false } there)
            return;
        try
        {
            await there.Task.WaitAsync(Limit, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            // the broker is away, or refuses the queue alone
        }
    }

    private TaskCompletionSource? Of(string queue)
    {
        lock (_gate)
            return _queues.GetValueOrDefault(queue);
    }

    private void Gone(string queue)
    {
        lock (_gate)
        {
            if (!_queues.TryGetValue(queue, out var there) || there.Task.IsCompleted)
                _queues[queue] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    private sealed class Observer(CopyQueues queues, string queue) : IReceiveEndpointObserver
    {
        public Task Ready(ReceiveEndpointReady ready)
        {
            queues.Of(queue)?.TrySetResult();
            return Task.CompletedTask;
        }

        public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

        public Task Completed(ReceiveEndpointCompleted completed) => GoneAsync();

        public Task Faulted(ReceiveEndpointFaulted faulted) => GoneAsync();

        private Task GoneAsync()
        {
            queues.Gone(queue);
            return Task.CompletedTask;
        }
    }
}
