using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests;

/// <summary>The bus of the mesh, and what only a broker promises: waiting for a consumer, several copies, error queues, redelivery.</summary>
public sealed class RabbitMqBusTests : MessageBusContract
{
    private TestVirtualHost _host = null!;

    protected override Uri? Broker => _host.Uri;

    public override async Task InitializeAsync() => _host = await TestVirtualHost.CreateAsync();

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_command_waits_for_a_consumer_that_has_never_run()
    {
        var publisher = await Process().StartAsync();
        await publisher.Bus.PublishAsync(Received("1"));
        await publisher.Bus.PublishAsync(Deliver("2"));
        await publisher.Bus.PublishAsync(Relay("3"));
        var taken = new ConcurrentQueue<string>();
        await Process()
            .Consume<MessageReceived>(CommandQueues.Filtering, (message, _) => Take(message.MessageId))
            .Consume<DeliverMessage>(CommandQueues.Storage, (message, _) => Take(message.MessageId))
            .Consume<RelayMessage>(CommandQueues.Relay, (message, _) => Take(message.MessageId))
            .StartAsync();
        await Wait.UntilAsync("the three", () => Task.FromResult(taken.Count == 3));
        Assert.Equal(["1", "2", "3"], taken.Order());

        Task Take(string id)
        {
            taken.Enqueue(id);
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Copies_share_a_queue_and_each_command_is_taken_once()
    {
        ConcurrentQueue<RelayMessage>[] taken = [new(), new()];
        var first = await Process().Consume<RelayMessage>(CommandQueues.Relay, Keep(taken[0])).StartAsync();
        await Process().Consume<RelayMessage>(CommandQueues.Relay, Keep(taken[1])).StartAsync();
        await Task.WhenAll(Enumerable.Range(0, 400).Select(n => first.Bus.PublishAsync(Relay($"{n}"))));
        await Wait.UntilAsync("all", () => Task.FromResult(taken.Sum(t => t.Count) >= 400));
        Assert.Equal(400, taken.SelectMany(t => t).DistinctBy(m => m.MessageId).Count());
        Assert.All(taken, one => Assert.NotEmpty(one));
    }

    [Fact]
    public async Task Changes_of_a_mailbox_that_follow_one_another_are_told_together()
    {
        const int Last = 2_000;
        var told = new ConcurrentQueue<MailboxChanged>();
        var access = await Process().ReceiveInEveryCopy<MailboxChanged>("access", Keep(told)).StartAsync();
        access.Service<IAccountEvents>().Follow(7);
        await Wait.UntilAsync("the account's events to come here", async () =>
        {
            await ChangeAsync(1);
            return !told.IsEmpty;
        });
        for (var modSeq = 2; modSeq <= Last; modSeq++)
            await ChangeAsync(modSeq, listing: modSeq == Last / 2);
        await Wait.UntilAsync("the last", () => Task.FromResult(told.Any(change => change.ModSeq == Last)));
        Assert.InRange(told.Count, 1, Last / 2);
        Assert.Contains(told, change => change.Listing);
        Assert.Equal(told.Order(Comparer<MailboxChanged>.Create((a, b) => a.ModSeq.CompareTo(b.ModSeq))), told);

        Task ChangeAsync(long modSeq, bool listing = false) =>
            access.Bus.PublishAsync(new MailboxChanged { AccountId = 7, MailboxId = 70, ModSeq = modSeq, Listing = listing });
    }

    [Fact]
    public async Task An_account_that_is_left_and_followed_again_stays_bound_and_one_that_is_left_for_good_does_not()
    {
        const long Left = 7;
        var access = await Process().ReceiveInEveryCopy<MailboxChanged>("access", Keep(new ConcurrentQueue<MailboxChanged>())).StartAsync();
        var events = access.Service<IAccountEvents>();
        var bound = new ConcurrentQueue<long>();
        events.Resumed += bound.Enqueue;
        await FollowAsync(Left);
        events.Unfollow(Left);
        await FollowAsync(8); // by then whatever was to be done about the first is done
        events.Follow(Left);
        await FollowAsync(9);
        Assert.Equal([Left, 8, 9], bound);
        events.Unfollow(Left);
        await Wait.UntilAsync("the first to be bound no longer", async () => !await IsBoundAsync(Left));
        Assert.True(await IsBoundAsync(8));
        await FollowAsync(Left);
        Assert.True(await IsBoundAsync(Left));

        async Task FollowAsync(long account)
        {
            var before = bound.Count;
            events.Follow(account);
            await Wait.UntilAsync("the account to be bound", () => Task.FromResult(bound.Skip(before).Contains(account)));
        }

        async Task<bool> IsBoundAsync(long account) => (await _host.BindingsAsync()).Any(binding => (string?)binding!["routing_key"] == $"{account}");
    }

    [Fact]
    public async Task A_verdict_of_an_unknown_version_is_not_taken_for_one()
    {
        var verdicts = new ConcurrentQueue<MessageVerdict>();
        var process = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", Keep(verdicts)).StartAsync();
        var copy = new Uri($"copy:verdicts/{process.InstanceId}");
        await process.Bus.SendAsync(copy, Verdict("1") with { Version = 999 });
        await process.Bus.SendAsync(copy, Verdict("2"));
        await Wait.UntilAsync("the verdict that can be understood", () => Task.FromResult(!verdicts.IsEmpty));
        Assert.Equal("2", verdicts.Single().MessageId);
    }

    [Fact]
    public async Task A_verdict_reaches_no_other_copy_and_vanishes_where_the_copy_is_gone()
    {
        ConcurrentQueue<MessageVerdict>[] verdicts = [new(), new()];
        var first = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", Keep(verdicts[0])).StartAsync();
        var second = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", Keep(verdicts[1])).StartAsync();
        await second.Bus.SendAsync(new Uri("copy:verdicts/dead"), Verdict("0"));
        await first.Bus.SendAsync(new Uri($"copy:verdicts/{second.InstanceId}"), Verdict("1"));
        await Wait.UntilAsync("the verdict", () => Task.FromResult(verdicts[1].Count == 1));
        Assert.Empty(verdicts[0]);
        Assert.Equal("1", verdicts[1].Single().MessageId);
    }

    /// <summary>It can publish a little before it has its queue, at a start and whenever the broker comes back: a quick verdict would not find it.</summary>
    [Fact]
    public async Task A_message_goes_out_once_its_verdict_can_come_back()
    {
        var filtering = Process();
        await filtering.Consume<MessageReceived>(CommandQueues.Filtering, (message, cancellation) =>
            filtering.Bus.SendAsync(message.VerdictTo!, Verdict(message.MessageId), cancellation)).StartAsync();
        for (var i = 0; i < 5; i++)
        {
            var verdicts = new ConcurrentQueue<MessageVerdict>();
            var ingress = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", Keep(verdicts)).StartAsync(whenHealthy: false);
            await ingress.Bus.PublishAsync(Received($"{i}") with { VerdictTo = new Uri($"copy:verdicts/{ingress.InstanceId}") });
            await Wait.UntilAsync("its verdict", () => Task.FromResult(!verdicts.IsEmpty));
        }
    }

    [Fact]
    public async Task A_copy_that_has_gone_leaves_nothing_behind()
    {
        var first = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", (_, _) => Task.CompletedTask).StartAsync();
        var second = await Process().ReceiveInEveryCopy<MessageVerdict>("verdicts", (_, _) => Task.CompletedTask).StartAsync();
        await first.Bus.SendAsync(new Uri($"copy:verdicts/{second.InstanceId}"), Verdict("1"));
        Assert.Contains(await _host.QueueNamesAsync(), name => name.Contains(second.InstanceId, StringComparison.Ordinal));
        await second.DisposeAsync();
        await Wait.UntilAsync("its queue to be gone", async () => !(await _host.QueueNamesAsync()).Any(name => name.Contains(second.InstanceId, StringComparison.Ordinal)));
        await Wait.UntilAsync("its bindings to be gone", async () => !(await _host.BindingsAsync()).ToJsonString().Contains(second.InstanceId, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_that_always_fails_ends_in_the_error_queue_whole_and_the_rest_flows()
    {
        var taken = new ConcurrentQueue<DeliverMessage>();
        var process = await Process().Consume<DeliverMessage>(CommandQueues.Storage, (message, cancellation) =>
            message.MessageId == "poison" ? throw new InvalidOperationException("a bug") : Keep(taken)(message, cancellation)).StartAsync();
        await process.Bus.PublishAsync(Deliver("poison"));
        await process.Bus.PublishAsync(Deliver("1"));
        await Wait.UntilAsync("the other one", () => Task.FromResult(taken.Count == 1));
        var poison = await ErrorAsync("storage");
        Assert.Contains("\"messageId\": \"poison\"", poison, StringComparison.Ordinal);
        Assert.Contains("a bug", poison, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("this is not JSON", "application/vnd.masstransit+json")]
    [InlineData("""{"messageId":"01000000-5d1b-0015-e4a7-08dc0d7a1234","messageType":["urn:message:Somebody:Else"],"message":{"a":1}}""", "application/vnd.masstransit+json")]
    [InlineData("""{"messageType":["urn:message:MailMesh.Contracts:DeliverMessage"],"message":{"version":99,"messageId":"1","reversePath":"","recipients":[],"body":"b","sizeBytes":1,"headerPrefix":"","receivedAt":"2026-01-02T03:04:05Z"}}""", "application/vnd.masstransit+json")]
    public async Task What_cannot_be_understood_ends_in_the_error_queue_whole(string body, string contentType)
    {
        var taken = new ConcurrentQueue<DeliverMessage>();
        await Process().Consume<DeliverMessage>(CommandQueues.Storage, Keep(taken)).StartAsync();
        await _host.PublishAsync("storage", body, contentType);
        var poison = await Wait.ForAsync("the error", async () => (await _host.QueueNamesAsync()).Contains("storage_error") ? (await _host.PeekAsync("storage_error")).FirstOrDefault() : null);
        Assert.Equal(body, (string)poison["payload"]!);
        Assert.Empty(taken);
    }

    [Fact]
    public async Task What_a_copy_held_when_it_stopped_is_given_to_another()
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var dying = await Process().Consume<DeliverMessage>(CommandQueues.Storage, (_, _) =>
        {
            held.TrySetResult();
            throw new TimeoutException("the database is away");
        }).StartAsync();
        await dying.Bus.PublishAsync(Deliver("1"));
        await held.Task.WaitAsync(Wait.Long);
        await dying.DisposeAsync();
        var taken = new ConcurrentQueue<DeliverMessage>();
        await Process().Consume<DeliverMessage>(CommandQueues.Storage, Keep(taken)).StartAsync();
        await Wait.UntilAsync("the command", () => Task.FromResult(taken.Count == 1));
        Assert.DoesNotContain("storage_error", await _host.QueueNamesAsync());
    }

    [Fact]
    public async Task Command_queues_and_error_queues_are_quorum_queues()
    {
        var process = await Process().Consume<DeliverMessage>(CommandQueues.Storage, (_, _) => throw new InvalidOperationException("a bug")).StartAsync();
        await process.Bus.PublishAsync(Deliver("1"));
        await process.Bus.PublishAsync(Relay("2"));
        await ErrorAsync("storage");
        var queues = (await _host.QueuesAsync()).ToDictionary(queue => (string)queue!["name"]!, queue => (string)queue!["arguments"]!["x-queue-type"]!);
        Assert.Equal("quorum", queues["storage"]);
        Assert.Equal("quorum", queues["storage_error"]);
        Assert.Equal("quorum", queues["relay"]);
    }

    [Fact]
    public async Task The_health_names_the_setting_when_the_broker_refuses_the_user()
    {
        var process = new BusProcess(new UriBuilder(_host.Uri) { Password = "secret-and-wrong" }.Uri);
        await using (process)
        {
            await process.StartAsync(whenHealthy: false);
            var text = await Wait.ForAsync("the reason", async () => await process.FaultAsync() is { } said && said.Contains("refuses", StringComparison.Ordinal) ? said : null);
            Assert.Contains("MAILMESH__BUS__RABBITMQ", text, StringComparison.Ordinal);
            Assert.DoesNotContain("secret-and-wrong", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_health_says_that_the_virtual_host_is_missing()
    {
        const string said = "virtual host does not exist";
        var process = new BusProcess(new UriBuilder(_host.Uri) { Path = "no-such-virtual-host" }.Uri);
        await using (process)
        {
            await process.StartAsync(whenHealthy: false);
            await Wait.UntilAsync("the reason", async () => (await process.FaultAsync())?.Contains(said, StringComparison.Ordinal) == true);
        }
    }

    /// <summary>The one message in a queue's error queue, as JSON.</summary>
    private Task<string> ErrorAsync(string queue) => Wait.ForAsync("the error", async () =>
        (await _host.QueueNamesAsync()).Contains($"{queue}_error") ? (await _host.PeekAsync($"{queue}_error")).FirstOrDefault() is { } message ? (string)message["payload"]! + message["properties"] : null : null);
}
