using System.Collections.Concurrent;
using System.Diagnostics;
using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Ingress.Session;
using MailMesh.Spool;
using MailMesh.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Protocol.Tests.Smtp;

/// <summary>Promises 1 and 2: 250 means kept, and a refusal is given inside the session.</summary>
public sealed class VerdictTests(SmtpDirectory directory) : SmtpTest(directory)
{
    private const string Message = Ehlo + """
        C: MAIL FROM:<a@b.example>
        C: RCPT TO:<alice@ours.example>
        C: DATA
        S: 250 2.1.0 …
        S: 250 2.1.5 …
        S: 354 …
        C: x
        C: .

        """;

    [Theory]
    [InlineData(Disposition.Accept)]
    [InlineData(Disposition.Junk)]
    public async Task A_message_that_is_not_refused_is_queued(Disposition disposition)
    {
        Verdict = message => new MessageVerdict { MessageId = message.MessageId, Disposition = disposition };
        await RunAsync(Message + "S: 250 2.0.0 Ok: queued as {id}");
        Assert.Single(Intake.Messages);
    }

    [Fact]
    public async Task A_refusal_is_told_after_the_message_is_forgotten()
    {
        var forgotten = "";
        Intake.Forgetting = id => forgotten = id;
        var id = "";
        Verdict = message =>
        {
            id = message.MessageId;
            return new MessageVerdict { MessageId = id, Disposition = Disposition.Reject, ReplyCode = 554, EnhancedStatus = "5.7.23", ReplyText = "SPF says no\r\n250 forged" };
        };
        await RunAsync(Message + """
            S: 554 5.7.23 SPF says no  250 forged
            C: NOOP
            S: 250 2.0.0 Ok
            """);
        Assert.Equal(id, forgotten);
        Assert.Empty(Intake.Messages);
        await Directory.Tracking.FlushAsync();
        var story = await Directory.Tracking.ReadAsync(id);
        Assert.Equal(["received", "refused"], story.Select(line => line.Event));
        Assert.StartsWith("554 5.7.23 SPF says no", story[1].Detail["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_that_cannot_be_forgotten_is_answered_as_kept()
    {
        Intake.Forgetting = _ => throw new IOException("the database is away");
        Verdict = message => new MessageVerdict { MessageId = message.MessageId, Disposition = Disposition.Reject, ReplyCode = 550 };
        await RunAsync(Message + "S: 250 2.0.0 Ok: queued as {id}");
        Assert.Single(Intake.Messages);
    }

    [Theory]
    [InlineData(451, "4.7.1", "550 5.7.1 Message refused by the filter of this server")]
    [InlineData(0, null, "550 5.7.1 Message refused by the filter of this server")]
    public async Task A_refusal_is_permanent_whatever_the_verdict_says(int code, string? enhanced, string reply)
    {
        Verdict = message => new MessageVerdict { MessageId = message.MessageId, Disposition = Disposition.Reject, ReplyCode = code, EnhancedStatus = enhanced };
        await RunAsync(Message + $"S: {reply}");
    }

    [Fact]
    public async Task Without_a_verdict_in_time_the_message_is_queued_and_a_later_refusal_finds_nobody()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        var accepted = new TaskCompletionSource<MessageReceived>();
        Verdict = message =>
        {
            accepted.SetResult(message);
            return null;
        };
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Message);
        var taken = await accepted.Task;
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the 250 past the limit", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(reply.IsCompleted);
        });
        Assert.Equal($"250 2.0.0 Ok: queued as {taken.MessageId}", await reply);
        Assert.Equal(taken.VerdictBefore - taken.ReceivedAt, Options.VerdictTimeout);
        Assert.False(Server.Verdicts.TryDeliver(new MessageVerdict { MessageId = taken.MessageId, Disposition = Disposition.Reject }));
    }

    [Fact]
    public async Task A_refusal_that_was_claimed_is_answered_though_its_verdict_never_came()
    {
        Intake.Claiming = (_, _) => new MessageClaim { Kind = ClaimKind.Refused, ReplyCode = 550, EnhancedStatus = "5.7.23", ReplyText = "SPF says no" };
        Assert.Equal("550 5.7.23 SPF says no", SmtpRefusal.Text(await ReplyWithoutVerdictAsync()));
    }

    [Fact]
    public async Task Without_a_verdict_and_without_a_claim_the_client_keeps_its_message_and_ours_is_withdrawn()
    {
        Intake.Claiming = (_, _) => throw new TimeoutException("the database is away");
        Assert.StartsWith("451 4.3.0", await ReplyWithoutVerdictAsync(), StringComparison.Ordinal);
        Assert.Equal(Intake.Messages.Select(message => message.MessageId), Intake.Abandoned);
    }

    private async Task<string?> ReplyWithoutVerdictAsync()
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        Clock = clock;
        var accepted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Verdict = _ =>
        {
            accepted.TrySetResult();
            return null;
        };
        await using var session = Connect();
        await new ProtocolScript(session).RunAsync(Message);
        await accepted.Task;
        var reply = session.ReadLineAsync();
        await Wait.UntilAsync("the reply past the limit", () =>
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            return Task.FromResult(reply.IsCompleted);
        });
        return await reply;
    }

    [Fact]
    public async Task One_message_one_trace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == Telemetry.Name,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Message + "S: 250 2.0.0 Ok: queued as {first}");
        await script.RunAsync("""
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 250 2.1.5 …
            S: 354 …
            C: x
            C: .
            S: 250 2.0.0 Ok: queued as {second}
            """);
        Assert.NotEqual(script.Captured["first"], script.Captured["second"]);
        foreach (var id in script.Captured.Values)
        {
            var span = Assert.Single(spans, s => s.TraceId.ToHexString() == id);
            Assert.Equal(("smtp.message", ActivityKind.Server), (span.OperationName, span.Kind));
            Assert.Equal(default, span.ParentSpanId);
            Assert.Equal(span.Id, Intake.Messages.Single(m => m.MessageId == id).TraceParent);
        }
    }

    [Fact]
    public async Task A_refusal_that_comes_too_late_has_the_message_judged_again()
    {
        var waiter = new VerdictWaiter(TimeProvider.System);
        using var waiting = waiter.Expect("waited-for");
        var receiver = new VerdictReceiver(waiter, Intake, NullLogger<VerdictReceiver>.Instance);
        await receiver.ReceiveAsync(new MessageVerdict { MessageId = "unknown", Disposition = Disposition.Junk }, default);
        await receiver.ReceiveAsync(new MessageVerdict { MessageId = "late", Disposition = Disposition.Reject }, default);
        await receiver.ReceiveAsync(new MessageVerdict { MessageId = "waited-for", Disposition = Disposition.Reject, ReplyCode = 550 }, default);
        Assert.Equal(550, (await waiting.WaitAsync(Wait.Long))?.ReplyCode);
        Assert.Equal(["late"], Intake.Resubmitted);
    }

    [Fact]
    public async Task What_a_message_went_through_is_tracked()
    {
        await using var session = Connect();
        var script = new ProtocolScript(session);
        await script.RunAsync(Ehlo + """
            C: MAIL FROM:<a@b.example>
            C: RCPT TO:<nobody@ours.example>
            C: RCPT TO:<alice@ours.example>
            C: DATA
            S: 250 2.1.0 …
            S: 550 5.1.1 …
            S: 250 2.1.5 …
            S: 354 …
            C: x
            C: .
            S: 250 2.0.0 Ok: queued as {id}
            """);
        await Directory.Tracking.FlushAsync();
        var story = await Directory.Tracking.ReadAsync(script.Captured["id"]);
        Assert.Equal(["refused", "received"], story.Select(line => line.Event));
        Assert.Equal("nobody@ours.example", story[0].Recipient);
        Assert.Equal("550 5.1.1 <nobody@ours.example>: no such user here", story[0].Detail["reason"]);
        Assert.Equal(("a@b.example", "alice@ours.example", "192.0.2.1"), (story[1].Detail["from"], story[1].Detail["to"], story[1].Detail["client"]));
        Assert.All(story, line => Assert.Equal("ingress", line.Service));
    }
}
