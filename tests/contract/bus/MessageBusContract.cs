using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests;

/// <summary>What services rely on when they publish and consume; run on the bus within one process and on RabbitMQ.</summary>
public abstract class MessageBusContract : IAsyncLifetime
{
    private readonly List<BusProcess> _processes = [];

    /// <summary>Null: within one process.</summary>
    protected abstract Uri? Broker { get; }

    public virtual Task InitializeAsync() => Task.CompletedTask;

    public virtual async Task DisposeAsync()
    {
        foreach (var process in _processes)
            await process.DisposeAsync();
    }

    protected BusProcess Process()
    {
        var process = new BusProcess(Broker);
        _processes.Add(process);
        return process;
    }

    [Fact]
    public async Task A_command_reaches_its_consumer_whole()
    {
        var taken = new ConcurrentQueue<MessageReceived>();
        var process = await Process().Consume<MessageReceived>(CommandQueues.Filtering, Keep(taken)).StartAsync();
        await process.Bus.PublishAsync(Received("1"));
        await Wait.UntilAsync("the command", () => Task.FromResult(taken.Count == 1));
        Assert.Equivalent(Received("1"), Assert.Single(taken), strict: true);
    }

    [Fact]
    public async Task Many_commands_at_once_arrive_each_once()
    {
        var taken = new ConcurrentQueue<RelayMessage>();
        var process = await Process().Consume<RelayMessage>(CommandQueues.Relay, Keep(taken)).StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 500).Select(n => process.Bus.PublishAsync(Relay($"{n}"))));
        await Wait.UntilAsync("all commands", () => Task.FromResult(taken.Count >= 500));
        Assert.Equal(500, taken.DistinctBy(message => message.MessageId).Count());
        Assert.Equal(500, taken.Count);
    }

    [Fact]
    public async Task Commands_of_a_kind_go_to_their_queue_alone()
    {
        var relayed = new ConcurrentQueue<RelayMessage>();
        var delivered = new ConcurrentQueue<DeliverMessage>();
        var process = await Process().Consume<RelayMessage>(CommandQueues.Relay, Keep(relayed)).Consume<DeliverMessage>(CommandQueues.Storage, Keep(delivered)).StartAsync();
        await process.Bus.PublishAsync(Deliver("1"));
        await process.Bus.PublishAsync(Relay("2"));
        await Wait.UntilAsync("both", () => Task.FromResult(relayed.Count == 1 && delivered.Count == 1));
        Assert.Equal("1", delivered.Single().MessageId);
        Assert.Equal("2", relayed.Single().MessageId);
    }

    [Fact]
    public async Task A_verdict_reaches_the_copy_that_waits()
    {
        var verdicts = new ConcurrentQueue<MessageVerdict>();
        var process = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", Keep(verdicts)).StartAsync();
        await process.Bus.SendAsync(new Uri($"copy:verdicts/{process.InstanceId}"), Verdict("1"));
        await Wait.UntilAsync("the verdict", () => Task.FromResult(verdicts.Count == 1));
        Assert.Equivalent(Verdict("1"), verdicts.Single(), strict: true);
    }

    [Fact]
    public async Task No_more_commands_are_in_work_than_their_consumer_takes()
    {
        const int Most = 4;
        var (inWork, most, taken) = (0, 0, 0);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = await Process().Consume<RelayMessage>(CommandQueues.Relay, async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref inWork));
            await gate.Task;
            Interlocked.Decrement(ref inWork);
            Interlocked.Increment(ref taken);
        }, Most).StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(n => process.Bus.PublishAsync(Relay($"{n}"))));
        await Wait.UntilAsync("as many as may be", () => Task.FromResult(Volatile.Read(ref inWork) == Most));
        gate.SetResult();
        await Wait.UntilAsync("all commands", () => Task.FromResult(Volatile.Read(ref taken) == 50));
        Assert.Equal(Most, most);
    }

    [Fact]
    public async Task A_stop_waits_for_what_is_in_work()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var ended = false;
        var process = await Process().Consume<RelayMessage>(CommandQueues.Relay, async (_, _) =>
        {
            begun.TrySetResult();
            await gate.Task;
            Volatile.Write(ref ended, true);
        }).StartAsync();
        await process.Bus.PublishAsync(Relay("1"));
        await begun.Task.WaitAsync(Wait.Long);
        var stopping = process.StopAsync();
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping.WaitAsync(Wait.Long);
        Assert.True(Volatile.Read(ref ended));
    }

    [Fact]
    public async Task A_passing_fault_is_tried_again_until_it_has_passed()
    {
        var attempts = new ConcurrentQueue<bool>();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = await Process().Consume<DeliverMessage>(CommandQueues.Storage, (_, isRepeated, _) =>
        {
            attempts.Enqueue(isRepeated);
            if (attempts.Count < 5)
                throw new TimeoutException("the database is away");
            done.TrySetResult();
            return Task.CompletedTask;
        }).StartAsync();
        await process.Bus.PublishAsync(Deliver("1"));
        await done.Task.WaitAsync(Wait.Long);
        Assert.Equal([false, true, true, true, true], attempts);
    }

    private static void InterlockedMax(ref int most, int seen)
    {
        for (var known = Volatile.Read(ref most); seen > known;)
        {
            var found = Interlocked.CompareExchange(ref most, seen, known);
            if (found == known)
                return;
            known = found;
        }
    }

    protected static Func<T, CancellationToken, Task> Keep<T>(ConcurrentQueue<T> into) => (message, _) =>
    {
        into.Enqueue(message);
        return Task.CompletedTask;
    };

    protected static MessageReceived Received(string id) => new()
    {
        MessageId = id,
        TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        Envelope = new Envelope { ReversePath = "a@b.example", ForwardPaths = ["用户@ours.example", "bob@ours.example"], Smtputf8 = true },
        Body = "pack/1/0/100",
        SizeBytes = 100,
        Connection = new ConnectionEvidence { RemoteAddress = "192.0.2.1", Helo = "client.example", Listener = "smtp", Tls = "TLSv1.3 X" },
        ReceivedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        VerdictTo = new Uri("copy:verdicts/1"),
        VerdictBefore = new DateTimeOffset(2026, 1, 2, 3, 4, 25, TimeSpan.Zero),
    };

    protected static DeliverMessage Deliver(string id) => new()
    {
        MessageId = id,
        ReversePath = "a@b.example",
        Recipients = [new LocalRecipient { AccountId = 7, Address = "bob@ours.example", ForwardPath = "robert@ours.example" }],
        Body = "pack/1/0/100",
        SizeBytes = 100,
        HeaderPrefix = "Return-Path: <a@b.example>\r\n",
        ReceivedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    protected static RelayMessage Relay(string id) => new()
    {
        MessageId = id,
        ReversePath = "a@b.example",
        Recipients = [new RemoteRecipient { Address = "x@there.example", ForwardPath = "x@ours.example" }],
        Body = "pack/1/0/100",
        SizeBytes = 100,
        HeaderPrefix = "",
        ReceivedAt = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
    };

    protected static MessageVerdict Verdict(string id) => new()
    {
        MessageId = id,
        Disposition = Disposition.Reject,
        ReplyCode = 550,
        EnhancedStatus = "5.7.1",
        ReplyText = "No",
        Checks = [new CheckResult { Check = "spf", Result = "fail", Score = 5, Evidence = "192.0.2.1", Version = "1" }],
    };
}
