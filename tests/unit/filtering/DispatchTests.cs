using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Dsn;
using MailMesh.Filtering;
using MailMesh.Spool;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Unit.Tests.Filtering;

/// <summary>What goes out for a judged message, and in which order.</summary>
public sealed class DispatchTests : IAsyncLifetime
{
    private readonly AccountsFixture _mail = new();
    private readonly PackBlobStore _blobs = PackBlobStore.OnFiles(Scratch.NewFolder("dispatch"));
    private readonly Journal _journal = new();
    private TrackingLog _tracking = null!;
    private Dispatch _dispatch = null!;

    public async Task InitializeAsync()
    {
        await _mail.InitializeAsync();
        _tracking = new TrackingLog(_mail.Database, TimeProvider.System);
        var clock = new FakeTimeProvider(Received.Now);
        var notifications = new NotificationSender(_journal, _blobs, _tracking, Received.Host, clock);
        _dispatch = new Dispatch(_journal, _journal, notifications, new VerdictStory(_tracking), Received.Host, clock);
    }

    public async Task DisposeAsync()
    {
        await _tracking.DisposeAsync();
        await _mail.DisposeAsync();
        await _blobs.DisposeAsync();
    }

    [Fact]
    public async Task Commands_are_counted_before_they_are_published_and_the_verdict_goes_last()
    {
        await SendAsync(Received.Message(forwardPaths: ["alice+x@example.com", "bob@example.net"]).Waiting());
        Assert.Equal(["expect 2", "DeliverMessage", "RelayMessage", "MessageVerdict Accept"], _journal.Lines);
        var deliver = _journal.Published.OfType<DeliverMessage>().Single();
        Assert.StartsWith("Return-Path: <sender@example.net>\r\nAuthentication-Results: mail.example.com; none\r\n", deliver.HeaderPrefix);
        Assert.Equal("alice+x@example.com", Assert.Single(deliver.Recipients).ForwardPath);
        Assert.DoesNotContain("Return-Path", _journal.Published.OfType<RelayMessage>().Single().HeaderPrefix);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Storage_is_told_whether_UTF8_in_the_header_is_meant(bool smtputf8)
    {
        var message = Received.Message(forwardPaths: "alice@example.com");
        await SendAsync(message with { Envelope = message.Envelope with { Smtputf8 = smtputf8 } });
        Assert.Equal(smtputf8, _journal.Published.OfType<DeliverMessage>().Single().Smtputf8);
    }

    [Fact]
    public async Task A_refusal_to_a_waiting_session_is_a_verdict_and_nothing_else()
    {
        await SendAsync(Received.Message(forwardPaths: "ghost@example.com").Waiting());
        Assert.Equal(["MessageVerdict Reject"], _journal.Lines);
        var verdict = _journal.Published.OfType<MessageVerdict>().Single();
        Assert.Equal((550, "5.1.1"), (verdict.ReplyCode, verdict.EnhancedStatus));
    }

    [Fact]
    public async Task A_message_for_nobody_is_told_to_its_sender_and_then_settled()
    {
        await SendAsync(Received.Message(forwardPaths: "ghost@example.com"));
        Assert.Equal(["accept for sender@example.net", "expect 1", "settle"], _journal.Lines);
    }

    [Fact]
    public async Task A_notification_for_nobody_ends_with_its_rule_in_the_story()
    {
        await SendAsync(Received.Message("", "", "ghost@example.com"));
        Assert.Equal(["expect 1", "settle"], _journal.Lines);
        var story = await _tracking.ReadAsync(Received.Message().MessageId);
        Assert.Equal(["verdict", "discarded"], story.Select(line => line.Event));
        Assert.Equal("5.1.1 No such user here", story[1].Detail["rule"]);
    }

    [Fact]
    public async Task A_repetition_says_the_same_again()
    {
        var message = await Received.Message(forwardPaths: ["alice@example.com", "bob@example.net", "ghost@example.com"]).StoredIn(_blobs, "A: b\r\n\r\n");
        await SendAsync(message);
        await SendAsync(message);
        Assert.Equal(_journal.Lines[..4], _journal.Lines[4..]);
        Assert.Equal(_journal.Accepted[0].MessageId, _journal.Accepted[1].MessageId);
    }

    [Fact]
    public async Task A_refusal_that_comes_after_the_250_becomes_a_notice()
    {
        _journal.Standing = (_, _) => MessageClaim.Accepted;
        var message = await Received.Message(forwardPaths: "ghost@example.com").StoredIn(_blobs, "A: b\r\n\r\n");
        await SendAsync(message.Waiting());
        Assert.Equal(["accept for sender@example.net", "expect 1", "settle", "MessageVerdict Accept"], _journal.Lines);
    }

    [Fact]
    public async Task What_was_refused_before_is_refused_again_with_the_same_reply_whatever_is_judged_now()
    {
        _journal.Standing = (_, _) => new MessageClaim { Kind = ClaimKind.Refused, ReplyCode = 550, EnhancedStatus = "5.7.23", ReplyText = "SPF" };
        await SendAsync(Received.Message(forwardPaths: "alice@example.com").Waiting(), repeated: true);
        Assert.Equal(["MessageVerdict Reject"], _journal.Lines);
        Assert.Equal("5.7.23", _journal.Published.OfType<MessageVerdict>().Single().EnhancedStatus);
    }

    [Fact]
    public async Task A_repeated_message_whose_verdict_may_be_on_its_way_is_refused_no_more()
    {
        MessageClaim? claimed = null;
        _journal.Standing = (_, claim) => claimed = claim;
        var message = await Received.Message(forwardPaths: "ghost@example.com").StoredIn(_blobs, "A: b\r\n\r\n");
        await SendAsync(message.Waiting(), repeated: true);
        Assert.Equal(MessageClaim.Accepted, claimed);
        Assert.DoesNotContain("MessageVerdict Reject", _journal.Lines);
    }

    [Fact]
    public async Task A_withdrawn_message_goes_nowhere_and_tells_nobody()
    {
        _journal.Standing = (_, _) => new MessageClaim { Kind = ClaimKind.Withdrawn };
        await SendAsync(Received.Message(forwardPaths: "ghost@example.com").Waiting());
        Assert.Empty(_journal.Lines);
    }

    [Fact]
    public async Task What_the_envelope_asks_for_goes_along_with_the_commands()
    {
        var message = Received.Message(forwardPaths: ["alice@example.com", "bob@example.net"]).Authenticated()
            .Asking(new RecipientRequest { ForwardPath = "bob@example.net", Notify = "SUCCESS", OriginalRecipient = "rfc822;b@example.org" });
        message = message with
        {
            Envelope = message.Envelope with
            {
                DsnReturn = "FULL",
                EnvelopeId = "QQ",
                Priority = 3,
                RequireTls = true,
                DeliverBy = Received.Now.AddHours(1),
                DeliverByMode = "RT",
            },
        };
        await SendAsync(message);
        var deliver = _journal.Published.OfType<DeliverMessage>().Single();
        Assert.Equal(("FULL", "QQ", true), (deliver.DsnReturn, deliver.EnvelopeId, deliver.RequireTls));
        var relay = _journal.Published.OfType<RelayMessage>().Single();
        Assert.Equal(("FULL", "QQ", 3, true, Received.Now.AddHours(1), "RT"),
            (relay.DsnReturn, relay.EnvelopeId, relay.Priority, relay.RequireTls, relay.DeliverBy, relay.DeliverByMode));
        Assert.Equal(("SUCCESS", "rfc822;b@example.org"), (relay.Recipients[0].Notify, relay.Recipients[0].OriginalRecipient));
    }

    [Fact]
    public async Task A_stranger_gets_no_trace_of_a_relaying()
    {
        var message = Received.Message(forwardPaths: "bob@example.net");
        await SendAsync(message with { Envelope = message.Envelope with { DeliverBy = Received.Now.AddHours(1), DeliverByMode = "NT" } });
        Assert.Equal("N", _journal.Published.OfType<RelayMessage>().Single().DeliverByMode);
    }

    [Fact]
    public async Task The_sender_hears_that_an_alias_was_expanded_before_the_commands_go()
    {
        await _mail.AliasAsync("both@example.com", "alice@example.com");
        await _mail.AliasAsync("both@example.com", "bob@example.net");
        var message = await Received.Message(forwardPaths: "both@example.com").Authenticated()
            .Asking(new RecipientRequest { ForwardPath = "both@example.com", Notify = "SUCCESS" }).StoredIn(_blobs, "A: b\r\n\r\n");
        await SendAsync(message);
        Assert.Equal(["accept for sender@example.net", "expect 2", "DeliverMessage", "RelayMessage"], _journal.Lines);
        await using var body = await _blobs.OpenAsync(Assert.Single(_journal.Accepted).Body);
        using var text = new StreamReader(body);
        Assert.Contains("Action: expanded", await text.ReadToEndAsync(), StringComparison.Ordinal);
    }

    private async Task SendAsync(MessageReceived message, bool repeated = false)
    {
        var routing = await RecipientRouting.ResolveAsync(_mail.Directory, message.Envelope.ForwardPaths, message.Envelope.Requests);
        await _dispatch.SendAsync(new JudgedMessage(message, Received.Verdict(), routing, message.TraceParent) { Repeated = repeated }, default);
    }

    /// <summary>The two ports that lead out of filtering, writing down what passes them.</summary>
    private sealed class Journal : IMessageBus, IMessageIntake
    {
        public List<string> Lines { get; } = [];

        public List<object> Published { get; } = [];

        public List<MessageReceived> Accepted { get; } = [];

        public Task PublishAsync<T>(T message, CancellationToken cancellationToken = default)
            where T : class
        {
            Lines.Add(typeof(T).Name);
            Published.Add(message);
            return Task.CompletedTask;
        }

        public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken = default)
            where T : class
        {
            Lines.Add($"{typeof(T).Name} {(message as MessageVerdict)?.Disposition}");
            Published.Add(message);
            return Task.CompletedTask;
        }

        public Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default)
        {
            Lines.Add($"accept for {message.Envelope.ForwardPaths[0]}");
            Accepted.Add(message);
            return Task.CompletedTask;
        }

        public void Expect(string messageId, int commands) => Lines.Add($"expect {commands}");

        public void Settle(string messageId) => Lines.Add("settle");

        public Func<string, MessageClaim, MessageClaim> Standing { get; set; } = (_, claim) => claim;

        public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) =>
            Task.FromResult(Standing(messageId, claim));

        public void Abandon(string messageId)
        {
        }

        public Task ForgetAsync(string messageId, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default) => throw new NotSupportedException();
    }
}
