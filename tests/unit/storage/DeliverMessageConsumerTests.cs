using System.Collections.Concurrent;
using System.Diagnostics;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Hosting;
using MailMesh.Spool;
using MailMesh.Storage;
using MailMesh.Testing;
using MailMesh.Tracking;
using MailMesh.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace MailMesh.Unit.Tests.Storage;

/// <summary>A command on the bus ends in mailboxes, in the message's story, in its trace, and settled.</summary>
public sealed class DeliverMessageConsumerTests : IAsyncLifetime
{
    private readonly Intake _intake = new();
    private MailstoreHome _home = null!;
    private ServiceProvider _services = null!;
    private long _alice;
    private long _bob;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync();
        _alice = await _home.AddAccountAsync("alice");
        _bob = await _home.AddAccountAsync("bob");
        Assert.True(NetworkList.TryParse("127.0.0.0/8", out var networks));
        _services = new ServiceCollection()
            .AddSingleton(_home.Database)
            .AddSingleton(_home.Store)
            .AddSingleton<IBlobStore>(_home.Blobs)
            .AddSingleton<IMessageIntake>(_intake)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(new MailMeshOptions { ExemptNetworks = networks!, Hostname = "mx.example.test" })
            .AddLogging()
            .AddSingleton<TrackingLog>()
            .AddSingleton<NotificationSender>()
            .AddSingleton<DeliveryGroups>()
            .AddSingleton<DeliveryReports>()
            .AddSingleton<DeliverMessageConsumer>()
            .BuildServiceProvider();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _home.DisposeAsync();
    }

    [Fact]
    public async Task Message_is_delivered_told_and_settled()
    {
        var message = await _home.MessageAsync("first", _alice, _bob);
        await ConsumeAsync(message);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        var story = await _services.GetRequiredService<TrackingLog>().ReadAsync(message.MessageId);
        Assert.Equal(["delivered", "delivered"], story.Select(line => line.Event));
        Assert.Equal(("INBOX", "1"), (story[0].Detail["mailbox"], story[0].Detail["uid"]));
        Assert.Equal([message.MessageId], _intake.Settled);
    }

    [Fact]
    public async Task Repeated_command_is_settled_again_and_does_nothing()
    {
        var message = await _home.MessageAsync("again", _alice);
        await ConsumeAsync(message);
        await ConsumeAsync(message);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        Assert.Equal(2, _intake.Settled.Count);
    }

    [Fact]
    public async Task Sender_is_told_when_the_account_is_gone()
    {
        await _home.RemoveAccountAsync(_bob);
        var message = await _home.MessageAsync("late", _alice, _bob);
        await ConsumeAsync(message);
        var bounce = Assert.Single(_intake.Accepted);
        Assert.Equal(("", "a@elsewhere.test"), (bounce.Envelope.ReversePath, Assert.Single(bounce.Envelope.ForwardPaths)));
        await using var body = await _home.Blobs.OpenAsync(bounce.Body);
        using var reader = new StreamReader(body);
        var text = await reader.ReadToEndAsync();
        Assert.Contains($"Final-Recipient: rfc822; account{_bob}@example.test", text, StringComparison.Ordinal);
        Assert.Contains("Status: 5.1.1", text, StringComparison.Ordinal);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
        Assert.Equal([message.MessageId], _intake.Settled);
        var story = await _services.GetRequiredService<TrackingLog>().ReadAsync(message.MessageId);
        Assert.Contains(story, line => line.Event == "bounced" && line.Recipient == $"account{_bob}@example.test");
    }

    [Fact]
    public async Task Sender_that_wants_to_hear_of_success_does_before_the_command_is_settled_and_once()
    {
        var message = await _home.MessageAsync("told", _alice, _bob) with { EnvelopeId = "QQ+2B1", RequireTls = true };
        message = message with { Recipients = [message.Recipients[0] with { Notify = "SUCCESS", OriginalRecipient = "rfc822;first@elsewhere.test" }, message.Recipients[1]] };
        await ConsumeAsync(message);
        var told = Assert.Single(_intake.Accepted);
        Assert.Equal(["", "accepted", message.MessageId], [told.Envelope.ReversePath, .. _intake.Order]);
        Assert.True(told.Envelope.RequireTls);
        await using var body = await _home.Blobs.OpenAsync(told.Body);
        using var reader = new StreamReader(body);
        var text = await reader.ReadToEndAsync();
        Assert.Contains("Original-Envelope-Id: QQ+1", text, StringComparison.Ordinal);
        Assert.Contains("Original-Recipient: rfc822; first@elsewhere.test", text, StringComparison.Ordinal);
        Assert.Contains($"Final-Recipient: rfc822; account{_alice}@example.test", text, StringComparison.Ordinal);
        Assert.Contains("Action: delivered", text, StringComparison.Ordinal);
        Assert.DoesNotContain($"account{_bob}", text, StringComparison.Ordinal);

        // The command comes again, as after a crash between the notification and the acknowledgement: the same id, which is taken once.
        await ConsumeAsync(message);
        Assert.Equal([told.MessageId, told.MessageId], _intake.Accepted.Select(accepted => accepted.MessageId));
    }

    [Fact]
    public async Task Sender_that_wants_to_hear_nothing_does_not()
    {
        await _home.RemoveAccountAsync(_bob);
        var message = await _home.MessageAsync("quiet", _alice, _bob);
        await ConsumeAsync(message with { Recipients = [message.Recipients[0] with { Notify = "FAILURE" }, message.Recipients[1] with { Notify = "NEVER" }] });
        Assert.Empty(_intake.Accepted);
    }

    [Fact]
    public async Task Null_reverse_path_never_bounces()
    {
        await _home.RemoveAccountAsync(_bob);
        var message = await _home.MessageAsync("late", _bob) with { ReversePath = "" };
        await ConsumeAsync(message);
        Assert.Empty(_intake.Accepted);
        Assert.Equal([message.MessageId], _intake.Settled);
    }

    [Fact]
    public async Task Message_without_its_body_is_not_settled()
    {
        var message = await _home.MessageAsync("lost", _alice);
        await _home.Blobs.DeleteAsync(_home.Blobs.PackOf(message.Body));
        await Assert.ThrowsAsync<BlobException>(() => ConsumeAsync(message));
        Assert.Empty(_intake.Settled);
    }

    [Fact]
    public async Task Span_stands_below_the_command()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        var message = await _home.MessageAsync("traced", _alice);
        await ConsumeAsync(message with { TraceParent = $"00-{message.MessageId}-00f067aa0ba902b7-01" });
        var span = Assert.Single(spans, s => s.TraceId.ToHexString() == message.MessageId);
        Assert.Equal(("storage.deliver", "00f067aa0ba902b7"), (span.OperationName, span.ParentSpanId.ToHexString()));
    }

    private Task ConsumeAsync(DeliverMessage message) => _services.GetRequiredService<DeliverMessageConsumer>().ConsumeAsync(message, isRepeated: false, default);

    /// <summary>Counts what it is told, as the spool does.</summary>
    private sealed class Intake : IMessageIntake
    {
        private readonly ConcurrentQueue<string> _settled = [];
        private readonly ConcurrentQueue<MessageReceived> _accepted = [];

        public IReadOnlyCollection<string> Settled => _settled;

        public IReadOnlyCollection<MessageReceived> Accepted => _accepted;

        /// <summary>What was called, in order: 'accepted', or the id that was settled.</summary>
        public ConcurrentQueue<string> Order { get; } = [];

        public Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken)
        {
            _accepted.Enqueue(message);
            Order.Enqueue("accepted");
            return Task.CompletedTask;
        }

        public void Expect(string messageId, int commands)
        {
        }

        public void Settle(string messageId)
        {
            _settled.Enqueue(messageId);
            Order.Enqueue(messageId);
        }

        public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) => Task.FromResult(claim);

        public void Abandon(string messageId)
        {
        }

        public Task ForgetAsync(string messageId, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task ResubmitAsync(string messageId, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
