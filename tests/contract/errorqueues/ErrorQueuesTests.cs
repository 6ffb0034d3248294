using System.Text;
using MailMesh.ErrorQueues;
using MailMesh.Testing;
using RabbitMQ.Client;
using Queues = MailMesh.ErrorQueues.ErrorQueues;

namespace MailMesh.Contract.Tests;

/// <summary>What operators rely on when they look into error queues: nothing is lost, whatever happens meanwhile.</summary>
public sealed class ErrorQueuesTests : IAsyncLifetime
{
    private const string Origin = "filtering";

    /// <summary>A message that is given back more often than this is dropped: RabbitMQ 4 sets it to 20.</summary>
    private const int DeliveryLimit = 3;

    private static readonly Dictionary<string, object?> QuorumQueue = new() { ["x-queue-type"] = "quorum", ["x-delivery-limit"] = DeliveryLimit };

    private TestVirtualHost _host = null!;
    private IConnection _connection = null!;
    private IChannel _channel = null!;
    private Queues _errors = null!;

    public async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        _host = await TestVirtualHost.CreateAsync();
        _connection = await new ConnectionFactory { Uri = _host.Uri }.CreateConnectionAsync();
        _channel = await _connection.CreateChannelAsync(new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true));
        foreach (var queue in (string[])[Origin, $"{Origin}_error"])
            await _channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, QuorumQueue);
        _errors = new Queues(_host.Uri, [Origin, "storage"]);
    }

    public async Task DisposeAsync()
    {
        if (EngineAddresses.Missing is not null)
            return;
        await _connection.DisposeAsync();
        await _host.DisposeAsync();
    }

    [MeshFact]
    public async Task A_failed_message_shows_what_it_is_and_why_it_failed()
    {
        await FailAsync("1", """{"messageType":["urn:message:MailMesh.Contracts:MessageReceived"],"message":{"messageId":"4bf92f3577b34da6a3ce929d0e0e4736"}}""");
        var message = Assert.Single(await ListAsync());
        Assert.Equal(("1", Origin), (message.Id, message.Queue));
        Assert.Equal(new BusEnvelope("MessageReceived", "4bf92f3577b34da6a3ce929d0e0e4736"), message.Envelope);
        Assert.Equal("System.FormatException: that is no mail", message.Fault);
        Assert.Equal(DateTimeOffset.Parse("2026-11-25T01:02:03Z", null), message.FailedAt);
        Assert.Equal("kept", message.Headers["custom"]);
    }

    [MeshTheory]
    [InlineData("")]
    [InlineData("no json at all")]
    [InlineData("[1,2]")]
    [InlineData("""{"messageType":"x","message":7}""")]
    [InlineData("""{"messageType":[1],"message":{"messageId":1}}""")]
    public async Task A_message_that_nobody_can_read_is_shown_whole(string body)
    {
        await FailAsync("1", body);
        Assert.Equal(body, Encoding.UTF8.GetString(Assert.Single(await ListAsync()).Body.Span));
    }

    [MeshFact]
    public async Task A_message_without_an_id_gets_one_and_keeps_it()
    {
        await FailAsync(null, "{}");
        var id = Assert.Single(await ListAsync()).Id;
        Assert.Equal(id, Assert.Single(await ListAsync()).Id);
        Assert.Equal(1, (await _errors.DeleteAsync(message => message.Id == id)).Changed);
    }

    [MeshFact]
    public async Task Looking_again_and_again_changes_neither_messages_nor_their_order()
    {
        for (var i = 0; i < 50; i++)
            await FailAsync($"{i}", $"body {i}");
        for (var look = 0; look < 4 * DeliveryLimit; look++)
            Assert.Equal(Enumerable.Range(0, 50).Select(i => $"{i}"), (await ListAsync()).Select(message => message.Id));
        var last = (await ListAsync())[^1];
        Assert.Equal("body 49", Encoding.UTF8.GetString(last.Body.Span));
        Assert.Equal("kept", last.Headers["custom"]);
    }

    [MeshFact]
    public async Task A_retried_message_arrives_as_it_was_before_it_failed()
    {
        await FailAsync("1", "one");
        await FailAsync("2", "two");
        Assert.Equal(new ErrorChange(1, 0), await _errors.RetryAsync(message => message.Id == "2"));
        var arrived = await ArrivedAsync();
        Assert.Equal("two", Encoding.UTF8.GetString(arrived.Body.Span));
        Assert.Equal("2", arrived.BasicProperties.MessageId);
        Assert.Equal("application/vnd.masstransit+json", arrived.BasicProperties.ContentType);
        Assert.True(arrived.BasicProperties.Persistent);
        Assert.DoesNotContain(arrived.BasicProperties.Headers!.Keys, name => name.StartsWith("MT-", StringComparison.Ordinal));
        Assert.Contains("custom", arrived.BasicProperties.Headers.Keys);
        Assert.Equal(["1"], (await ListAsync()).Select(message => message.Id));
    }

    [MeshFact]
    public async Task What_fails_again_meanwhile_does_not_go_in_circles()
    {
        await FailAsync("1", "one");
        await FailAsync("2", "two");
        await _errors.RetryAsync(message =>
        {
            FailAsync($"again {message.Id}", "again").GetAwaiter().GetResult();
            return true;
        });
        Assert.Equal(["again 1", "again 2"], (await ListAsync()).Select(message => message.Id));
    }

    [MeshFact]
    public async Task A_message_whose_queue_is_gone_stays()
    {
        await FailAsync("1", "one");
        await _channel.QueueDeleteAsync(Origin);
        Assert.Equal(new ErrorChange(0, 1), await _errors.RetryAsync(_ => true));
        Assert.Equal(["1"], (await ListAsync()).Select(message => message.Id));
    }

    [MeshFact]
    public async Task Deleted_messages_are_gone_and_the_others_stay()
    {
        for (var i = 0; i < 10; i++)
            await FailAsync($"{i}", "x");
        Assert.Equal(new ErrorChange(5, 0), await _errors.DeleteAsync(message => int.Parse(message.Id, null) % 2 == 0));
        Assert.Equal(["1", "3", "5", "7", "9"], (await ListAsync()).Select(message => message.Id));
    }

    [MeshFact]
    public async Task Nothing_is_lost_while_others_arrive()
    {
        foreach (var some in Enumerable.Range(0, 1000).Chunk(50))
            await Task.WhenAll(some.Select(i => FailAsync($"{i}", "x")));
        var stop = false;
        var arriving = Task.Run(async () =>
        {
            var sent = 1000;
            for (; !Volatile.Read(ref stop); sent++)
                await FailAsync($"{sent}", "x");
            return sent;
        });
        for (var look = 0; look < 3; look++)
            Assert.True((await ListAsync()).Count >= 1000);
        Volatile.Write(ref stop, true);
        var sent = await arriving;
        Assert.Equal(Enumerable.Range(0, sent), (await ListAsync()).Select(message => int.Parse(message.Id, null)).Order());
    }

    [MeshFact]
    public async Task A_walk_that_breaks_off_loses_nothing()
    {
        for (var i = 0; i < 100; i++)
            await FailAsync($"{i}", "x");
        var seen = 0;
        await Assert.ThrowsAsync<InvalidDataException>(() => _errors.RetryAsync(_ => ++seen > 70 ? throw new InvalidDataException() : true));
        await Wait.UntilAsync("the broker to give back what was in flight", async () =>
        {
            var left = (await ListAsync()).Select(message => message.Id).ToHashSet();
            var arrived = new HashSet<string>();
            while (await _channel.BasicGetAsync(Origin, autoAck: false) is { } one)
                arrived.Add(one.BasicProperties.MessageId!);
            await _channel.BasicNackAsync(0, multiple: true, requeue: true);
            return left.Union(arrived).Count() == 100 && left.Count < 100;
        });
    }

    [MeshFact]
    public async Task One_operation_runs_at_a_time()
    {
        await FailAsync("1", "one");
        Exception? other = null;
        await _errors.VisitAsync(_ => other = Record.ExceptionAsync(ListAsync).GetAwaiter().GetResult());
        Assert.IsType<ErrorQueuesBusyException>(other);
        Assert.Single(await ListAsync());
    }

    [MeshFact]
    public async Task Queues_are_counted_whether_they_exist_or_not()
    {
        await FailAsync("1", "one");
        await FailAsync("2", "two");
        await Wait.UntilAsync("both to be counted", async () => (await _errors.CountAsync())[0].Messages == 2);
        Assert.Equal([new ErrorQueueDepth(Origin, 2), new ErrorQueueDepth("storage", 0)], await _errors.CountAsync());
    }

    [MeshFact]
    public async Task A_broker_that_refuses_is_told_without_its_password()
    {
        var refused = await Assert.ThrowsAsync<IOException>(() =>
            new Queues(new UriBuilder(_host.Uri) { UserName = "nobody", Password = "open-sesame" }.Uri, [Origin]).CountAsync());
        Assert.DoesNotContain("open-sesame", refused.ToString(), StringComparison.Ordinal);
    }

    private async Task<List<FailedMessage>> ListAsync()
    {
        var messages = new List<FailedMessage>();
        await _errors.VisitAsync(messages.Add);
        return messages;
    }

    /// <summary>Puts a message into the error queue as MassTransit does.</summary>
    private async Task FailAsync(string? id, string body)
    {
        var properties = new BasicProperties
        {
            ContentType = "application/vnd.masstransit+json",
            DeliveryMode = DeliveryModes.Persistent,
            Headers = new Dictionary<string, object?>
            {
                ["custom"] = "kept",
                ["MT-Reason"] = "fault",
                ["MT-Fault-ExceptionType"] = "System.FormatException",
                ["MT-Fault-Message"] = "that is no mail",
                ["MT-Fault-Timestamp"] = "2026-11-25T01:02:03.0000000Z",
                ["MT-Host-MachineName"] = "elsewhere",
            },
        };
        if (id is not null)
            properties.MessageId = id;
        await _channel.BasicPublishAsync("", $"{Origin}_error", mandatory: true, properties, Encoding.UTF8.GetBytes(body));
    }

    private Task<BasicGetResult> ArrivedAsync() => Wait.ForAsync("a message in the queue", () => _channel.BasicGetAsync(Origin, autoAck: true));
}
