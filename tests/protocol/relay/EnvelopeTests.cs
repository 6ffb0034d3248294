using MailMesh.Contracts;
using MailMesh.Outbound;
using MimeKit;

namespace MailMesh.Protocol.Tests;

/// <summary>What a sender asked for beyond delivery, from the queue to the next server or back to the sender.</summary>
public sealed class EnvelopeTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Theory]
    [InlineData("NEVER", "5", 0)]
    [InlineData("SUCCESS,DELAY", "5", 0)]
    [InlineData("FAILURE", "5", 1)]
    [InlineData(null, "5", 1)]
    public async Task A_failure_is_told_where_NOTIFY_wants_it_and_the_row_goes(string? notify, string reply, int told)
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? $"{reply}50 no" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await EnqueueAsync(relay, message => Notify(message, notify) with { EnvelopeId = "QQ", DsnReturn = "FULL" });
        await relay.UntilAsync("a failed row", counts => counts.Failed == 1);
        Assert.Equal(1, await relay.Reporter.ReportAsync(CancellationToken.None));
        Assert.Equal(0, (await relay.Operations.CountAsync()).Total);
        Assert.Equal(told, relay.Intake.Accepted.Count);
        Assert.Equal(told == 1 ? "bounced" : "discarded", (await relay.EventAsync(Id, told == 1 ? "bounced" : "discarded")).Event);
        if (told == 0)
            return;
        var report = await ReportAsync(relay);
        Assert.Equal("QQ", StatusOf(report)[0]["Original-Envelope-Id"]);
        Assert.Equal("message/rfc822", report[2].ContentType.MimeType);
    }

    [Theory]
    [InlineData("DSN", "SUCCESS", "N", null)] // the next server answers for it
    [InlineData("HELP", "SUCCESS", null, "relayed 2.1.9")]
    [InlineData("HELP", "FAILURE", null, null)]
    [InlineData("DSN", "FAILURE", "NT", "relayed 2.0.0")]
    [InlineData("DSN", "NEVER", "NT", null)]
    [InlineData("DSN", null, "NT", "relayed 2.0.0")]
    public async Task A_relaying_is_confirmed_where_nobody_else_will_or_a_trace_is_wanted(string capability, string? notify, string? mode, string? told)
    {
        await using var sink = new SmtpSink { Capabilities = [capability] };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await EnqueueAsync(relay, message => Notify(message, notify) with { DeliverBy = mode is null ? null : relay.Clock.GetUtcNow().AddHours(1), DeliverByMode = mode });
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal(capability == "DSN" && notify is not null, sink.Commands.Any(command => command.Contains($"NOTIFY={notify}", StringComparison.Ordinal)));
        if (told is null)
            Assert.Empty(relay.Intake.Accepted);
        else
            Assert.Equal(told, StatusOf(await ReportAsync(relay))[1] is var group ? $"{group["Action"]} {group["Status"]}" : "");
    }

    [Fact]
    public async Task A_confirmation_that_is_not_durable_is_made_again_and_nothing_is_sent_twice()
    {
        await using var sink = new SmtpSink { Capabilities = [] };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        var failures = 0;
        relay.Intake.AfterAccept = () =>
        {
            if (Interlocked.Increment(ref failures) == 1)
                throw new IOException("the spool is away");
        };
        await EnqueueAsync(relay, message => Notify(message, "SUCCESS"));
        await Testing.Wait.UntilAsync("a failed confirmation", () => Task.FromResult(Volatile.Read(ref failures) > 0));
        await Testing.Wait.UntilAsync("an empty queue", async () =>
        {
            relay.Clock.Advance(TimeSpan.FromSeconds(1));
            return (await relay.Operations.CountAsync()).Total == 0;
        });
        Assert.Single(sink.Mails);
        Assert.Single(relay.Intake.Accepted.Select(message => message.MessageId).Distinct());
    }

    [Fact]
    public async Task A_notification_that_was_relayed_is_not_confirmed()
    {
        await using var sink = new SmtpSink { Capabilities = [] };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await EnqueueAsync(relay, message => Notify(message, "SUCCESS") with { ReversePath = "" });
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Empty(relay.Intake.Accepted);
    }

    [Theory]
    [InlineData("FAILURE", 0)]
    [InlineData("DELAY", 1)]
    public async Task A_delay_is_told_where_NOTIFY_wants_it(string notify, int told)
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "450 later" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { WarnAfter = TimeSpan.Zero })).WithDomain("x.test");
        await EnqueueAsync(relay, message => Notify(message, notify));
        await relay.RowAsync("an attempt made", row => row.Attempts == 1);
        Assert.Equal(told, relay.Intake.Accepted.Count);
    }

    [Fact]
    public async Task Past_its_time_a_message_comes_back_without_another_attempt()
    {
        await using var sink = new SmtpSink { Capabilities = ["DELIVERBY"], Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "450 later" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await EnqueueAsync(relay, message => message with { DeliverBy = relay.Clock.GetUtcNow().AddSeconds(90), DeliverByMode = "R" });
        var row = await relay.RowAsync("an attempt made", row => row.Attempts == 1);
        Assert.Equal(RelayHarness.Start.AddSeconds(90), row.NextAttemptAt); // long before the ordinary five minutes
        sink.Reply = _ => "";
        relay.Advance(TimeSpan.FromSeconds(90));
        await relay.UntilAsync("a failed row", counts => counts.Failed == 1);
        await relay.Reporter.ReportAsync(CancellationToken.None);
        Assert.Empty(sink.Mails);
        var status = StatusOf(await ReportAsync(relay));
        Assert.Equal(("failed", "5.4.7"), (status[1]["Action"], status[1]["Status"]));
        Assert.Equal("Mon, 05 Jan 2026 10:01:30 +0000", status[0]["Deliver-By-Date"]);
    }

    [Fact]
    public async Task Past_its_time_a_message_that_may_be_late_is_told_of_once_and_goes_on()
    {
        await using var sink = new SmtpSink { Capabilities = [], Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "450 later" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await EnqueueAsync(relay, message => message with { DeliverBy = relay.Clock.GetUtcNow().AddSeconds(90), DeliverByMode = "N" });
        await relay.RowAsync("an attempt made", row => row.Attempts == 1);
        Assert.Empty(relay.Intake.Accepted);
        relay.Advance(TimeSpan.FromSeconds(90));
        await relay.RowAsync("a second attempt", row => row.Attempts == 2);
        var status = StatusOf(await ReportAsync(relay));
        Assert.Equal(("delayed", "4.4.7"), (status[1]["Action"], status[1]["Status"]));
        sink.Reply = _ => "";
        relay.Advance(TimeSpan.FromHours(1));
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Single(sink.Mails);
        Assert.Single(relay.Intake.Accepted);
    }

    [Theory]
    [InlineData(true, "5.7.30")]
    [InlineData(false, "5.3.3")]
    public async Task What_no_server_of_a_domain_promises_comes_back_and_other_mail_goes_on(bool requireTls, string status)
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        var asking = await relay.MessageAsync(Id, "x\r\n", "alice@ours.test", "b@x.test");
        asking = requireTls ? asking with { RequireTls = true } : asking with { DeliverBy = relay.Clock.GetUtcNow().AddHours(1), DeliverByMode = "R" };
        await relay.Queue.EnqueueAsync([asking, await relay.MessageAsync("other", "x\r\n", "alice@ours.test", "b@x.test")]);
        await relay.EventAsync("other", "relayed");
        Assert.Equal(status, (await relay.EventAsync(Id, "attempt")).Detail["status"]);
        await relay.UntilAsync("a failed row", counts => counts is { Failed: 1, Total: 1 });
        await relay.Reporter.ReportAsync(CancellationToken.None);
        Assert.Equal(requireTls, Assert.Single(relay.Intake.Accepted).Envelope.RequireTls);
        Assert.Single(sink.Mails);
    }

    [Fact]
    public async Task The_higher_priority_goes_first_over_a_busy_connection()
    {
        using var go = new SemaphoreSlim(0);
        await using var sink = new SmtpSink { Capabilities = ["MT-PRIORITY"] };
        sink.Taken = _ =>
        {
            go.Wait();
            return "250 ok";
        };
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        await relay.SendAsync("running", "x\r\n", "running@ours.test", "b@x.test");
        await Testing.Wait.UntilAsync("a transaction in flight", () => Task.FromResult(sink.Commands.Contains("DATA")));
        foreach (var priority in new[] { -2, 0, 5, 1 })
        {
            await relay.Queue.EnqueueAsync([await relay.MessageAsync($"m{priority}", "x\r\n", $"p{priority}@ours.test", "b@x.test") with { Priority = priority }]);
            await relay.UntilAsync("all leased", counts => counts.Deferred == 0);
        }
        go.Release(5);
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal(["running", "p5", "p1", "p0", "p-2"], sink.Mails.Select(mail => mail.ReversePath.Split('@')[0]));
        Assert.Contains("MAIL FROM:<p5@ours.test> MT-PRIORITY=5", sink.Commands);
    }

    [Theory]
    [InlineData("LIMITS RCPTMAX=2", "2,2,1", 1)]
    [InlineData("LIMITS RCPTDOMAINMAX=1", "3,2", 1)]
    [InlineData("LIMITS RCPTMAX=2 MAILMAX=1", "2,2,1", 3)]
    [InlineData("HELP", "5", 1)]
    public async Task The_limits_of_a_server_are_kept(string capability, string transactions, int connections)
    {
        await using var sink = new SmtpSink { Capabilities = [capability] };
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        relay.Dns.Add("y.test", "MX", "10 mx.x.test"); // both domains at one server
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "1@x.test", "2@x.test", "3@x.test", "4@y.test", "5@y.test");
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal(5, sink.Mails.Sum(mail => mail.Recipients.Count));
        if (capability != "HELP" || sink.Mails.Count == 1) // the domains' rows come one after the other, and may go so
            Assert.True(sink.Mails.All(mail => mail.Recipients.Count <= transactions.Split(',').Max(int.Parse)));
        Assert.True(sink.Connections >= connections, $"{sink.Connections} connections");
        if (capability.Contains("RCPTDOMAINMAX", StringComparison.Ordinal))
            Assert.All(sink.Mails, mail => Assert.Single(mail.Recipients.Select(r => r.Split('@')[1]).Distinct()));
    }

    private static RelayMessage Notify(RelayMessage message, string? notify) => message with { Recipients = [.. message.Recipients.Select(r => r with { Notify = notify })] };

    private static async Task EnqueueAsync(RelayHarness relay, Func<RelayMessage, RelayMessage> change) =>
        await relay.Queue.EnqueueAsync([change(await relay.MessageAsync(Id, "Subject: hi\r\n\r\nx\r\n", "alice@ours.test", "b@x.test"))]);

    private static async Task<MultipartReport> ReportAsync(RelayHarness relay) =>
        Assert.IsType<MultipartReport>((await relay.ReadAsync(Assert.Single(relay.Intake.Accepted))).Body);

    private static HeaderListCollection StatusOf(MultipartReport report) => Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
}
