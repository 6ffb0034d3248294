using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using MailMesh.Dsn;
using MailMesh.Outbound;
using MimeKit;

namespace MailMesh.Protocol.Tests;

/// <summary>From a queue row to another server's 250, or to a notification.</summary>
public sealed class RelayTests
{
    private const string Id = "0123456789abcdef0123456789abcdef";

    [Fact]
    public async Task A_message_reaches_the_exchange_octet_for_octet_and_leaves_the_queue()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "Subject: hi\r\n\r\n.\r\n..a\r\nb\r\n", "alice@ours.test", "bob@x.test", "carol@x.test");

        var line = await relay.EventAsync(Id, "relayed");
        Assert.Equal("mx.x.test", line.Detail["host"]);
        Assert.Equal("250 2.0.0 queued", line.Detail["reply"]);
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        var mail = Assert.Single(sink.Mails);
        Assert.Equal("alice@ours.test", mail.ReversePath);
        Assert.Equal(["bob@x.test", "carol@x.test"], mail.Recipients);
        Assert.Equal("X-Prefix: 1\r\nSubject: hi\r\n\r\n.\r\n..a\r\nb\r\n", mail.Content.ToString());
        Assert.Empty(relay.Intake.Accepted);
    }

    [Fact]
    public async Task An_attempt_is_a_span_of_the_messages_trace()
    {
        var spans = new System.Collections.Concurrent.ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "MailMesh",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        const string id = "fedcba9876543210fedcba9876543210";
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(id, "x\r\n", "a@ours.test", "b@x.test");
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        await Testing.Wait.UntilAsync("the span", () => Task.FromResult(spans.Any(span => span.OperationName == "relay.attempt" && span.TraceId.ToHexString() == id)));
    }

    [Fact]
    public async Task Messages_for_one_destination_share_a_connection_and_another_message_reuses_it()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        await relay.Queue.EnqueueAsync([.. await Task.WhenAll(Enumerable.Range(0, 20).Select(i => relay.MessageAsync($"m{i}", "x\r\n", "a@ours.test", "b@x.test")))]);
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        await relay.SendAsync("later", "x\r\n", "a@ours.test", "b@x.test");
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal((21, 1), (sink.Mails.Count, sink.Connections));
    }

    [Fact]
    public async Task Connections_to_a_destination_are_bounded()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 3 })).WithDomain("x.test");
        await relay.Queue.EnqueueAsync([.. await Task.WhenAll(Enumerable.Range(0, 60).Select(i => relay.MessageAsync($"m{i}", "x\r\n", "a@ours.test", "b@x.test")))]);
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal(60, sink.Mails.Count);
        Assert.InRange(sink.Connections, 1, 3);
    }

    [Fact]
    public async Task A_connection_that_the_server_closed_while_idle_costs_no_attempt()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        await relay.SendAsync("m1", "x\r\n", "a@ours.test", "b@x.test");
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        sink.CloseConnections();
        await relay.SendAsync("m2", "x\r\n", "a@ours.test", "b@x.test");
        Assert.Equal("1", (await relay.EventAsync("m2", "relayed")).Detail["attempt"]);
        Assert.Equal(2, sink.Connections);
    }

    [Fact]
    public async Task A_deferral_waits_and_is_tried_again()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        sink.Reply = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "451 4.7.1 greylisted" : "";
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test");
        await relay.EventAsync(Id, "deferred");
        var row = await relay.RowAsync("an attempt made", row => row.Attempts == 1);
        Assert.Equal((1, "4.7.1", "mx.x.test", "451 4.7.1 greylisted"), (row.Attempts, row.LastStatus, row.LastHost, row.LastOutcome));
        Assert.InRange(row.NextAttemptAt - RelayHarness.Start, TimeSpan.FromMinutes(4.5), TimeSpan.FromMinutes(5.5));

        sink.Reply = _ => "";
        relay.Advance(TimeSpan.FromMinutes(6));
        Assert.Equal("2", (await relay.EventAsync(Id, "relayed")).Detail["attempt"]);
        Assert.Single(sink.Mails);
    }

    [Fact]
    public async Task A_refusal_of_one_recipient_bounces_that_one_and_names_the_message()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        sink.Reply = command => command.Contains("nobody", StringComparison.Ordinal) ? "550 5.1.1 no such user" : "";
        await relay.SendAsync(Id, "Subject: hi\r\nMessage-ID: <m@ours.test>\r\n\r\nx\r\n", "alice@ours.test", "bob@x.test", "nobody@x.test");
        await relay.UntilAsync("a failed row", counts => counts is { Failed: 1, Total: 1 });
        Assert.Equal(1, await relay.Reporter.ReportAsync(CancellationToken.None));

        Assert.Equal(0, (await relay.Operations.CountAsync()).Total);
        var notification = Assert.Single(relay.Intake.Accepted);
        Assert.Equal("", notification.Envelope.ReversePath);
        Assert.Equal(["alice@ours.test"], notification.Envelope.ForwardPaths);
        Assert.Equal("relay", notification.Connection.Listener);
        Assert.Equal(notification.MessageId, notification.TraceParent?.Split('-')[1] ?? notification.MessageId);
        var report = Assert.IsType<MultipartReport>((await relay.ReadAsync(notification)).Body);
        var status = Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups;
        Assert.Equal(Id, status[0]["X-MailMesh-Trace"]);
        Assert.Equal("rfc822; nobody@x.test", status[1]["Final-Recipient"]);
        Assert.Equal("dns; mx.x.test", status[1]["Remote-MTA"]);
        Assert.Equal("smtp; 550 5.1.1 no such user", status[1]["Diagnostic-Code"]);
        Assert.Equal("hi", Assert.IsType<TextRfc822Headers>(report[2]).Message?.Subject);
        Assert.Equal(notification.MessageId, (await relay.EventAsync(Id, "bounced")).Detail["notification"]);
        Assert.Equal("received", (await relay.EventAsync(notification.MessageId, "received")).Event);
    }

    [Fact]
    public async Task A_notification_carries_a_bounded_header_and_nothing_of_the_body()
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 no" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        var fields = string.Concat(Enumerable.Range(0, 2000).Select(i => $"X-Field-{i}: {new string('x', 60)}\r\n"));
        await relay.SendAsync(Id, $"{fields}\r\nthe secret body\r\n", "alice@ours.test", "b@x.test");
        await relay.SendAsync("short", "Subject: short\r\n\r\nthe secret body\r\n", "alice@ours.test", "b@x.test");
        await relay.UntilAsync("failed rows", counts => counts.Failed == 2);
        await relay.Reporter.ReportAsync(CancellationToken.None);
        Assert.Equal(2, relay.Intake.Accepted.Count);
        foreach (var message in relay.Intake.Accepted)
        {
            var notification = await relay.ReadAsync(message);
            Assert.DoesNotContain("secret", notification.ToString(), StringComparison.Ordinal);
            Assert.InRange(message.SizeBytes, 1000, 70_000);
        }
    }

    [Fact]
    public async Task The_null_reverse_path_never_gets_a_bounce()
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "550 5.7.1 no" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "", "b@x.test");
        await relay.UntilAsync("a failed row", counts => counts.Failed == 1);
        await relay.Reporter.ReportAsync(CancellationToken.None);
        await relay.EventAsync(Id, "discarded");
        Assert.Equal(0, (await relay.Operations.CountAsync()).Total);
        Assert.Empty(relay.Intake.Accepted);
    }

    [Fact]
    public async Task A_crash_after_the_notification_was_accepted_repeats_the_same_notification()
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("RCPT", StringComparison.Ordinal) ? "550 5.1.1 no" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "alice@ours.test", "b@x.test", "c@x.test");
        await relay.UntilAsync("failed rows", counts => counts.Failed == 2);

        relay.Intake.AfterAccept = () => throw new OperationCanceledException();
        await Assert.ThrowsAsync<OperationCanceledException>(() => relay.Reporter.ReportAsync(CancellationToken.None));
        Assert.Equal(2, (await relay.Operations.CountAsync()).Failed);
        relay.Intake.AfterAccept = () => { };
        relay.Clock.Advance(TimeSpan.FromMinutes(3)); // the lease of the relay that died
        Assert.Equal(2, await relay.Reporter.ReportAsync(CancellationToken.None));

        Assert.Equal(2, relay.Intake.Accepted.Count);
        Assert.Single(relay.Intake.Accepted.Select(m => m.MessageId).Distinct());
        Assert.Equal(NotificationId.Of(Id, DsnAction.Failed, ["b@x.test", "c@x.test"]), relay.Intake.Accepted.First().MessageId);
    }

    [Fact]
    public async Task A_server_that_stays_away_brings_one_warning_and_after_five_days_a_bounce()
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "450 4.2.0 later" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "alice@ours.test", "b@x.test");
        for (var attempt = 1; (await relay.Operations.CountAsync()).Failed == 0; attempt++)
        {
            await relay.UntilAsync($"attempt {attempt}", counts => counts.Deferred + counts.Failed == 1);
            if (await relay.Queue.NextDueAsync() is { } due)
                relay.Advance(due - relay.Clock.GetUtcNow());
        }
        Assert.Equal(RelayHarness.Start.AddDays(5), relay.Clock.GetUtcNow());
        await relay.Reporter.ReportAsync(CancellationToken.None);

        var actions = new List<string?>();
        foreach (var message in relay.Intake.Accepted)
            actions.Add(Assert.IsType<MessageDeliveryStatus>(Assert.IsType<MultipartReport>((await relay.ReadAsync(message)).Body)[1]).StatusGroups[1] is var group ? $"{group["Action"]} {group["Status"]}" : null);
        Assert.Equal(["delayed 4.2.0", "failed 4.4.7"], actions);
    }

    [Fact]
    public async Task A_lost_connection_after_the_final_dot_is_not_tried_elsewhere_at_once()
    {
        await using var sink = new SmtpSink { Taken = _ => null };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        relay.Dns.Add("x.test", "MX", "20 mx.x.test");
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test");
        Assert.Equal("4.4.2", (await relay.EventAsync(Id, "deferred")).Detail["status"]);
        Assert.Equal(1, sink.Connections);
    }

    [Fact]
    public async Task The_next_exchange_is_tried_where_the_first_does_not_answer_or_breaks_off()
    {
        await using var sink = new SmtpSink();
        await using var broken = new SmtpSink(IPAddress.Parse("127.0.0.3"), sink.Port) { Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? null : "" };
        await using var relay = await RelayHarness.StartAsync(sink.Port);
        relay.Dns.Add("x.test", "MX", "10 closed.test").Add("x.test", "MX", "20 broken.test").Add("x.test", "MX", "30 good.test");
        relay.Dns.Add("closed.test", "A", "127.0.0.2").Add("broken.test", "A", "127.0.0.3").Add("good.test", "A", "127.0.0.1");
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test");
        Assert.Equal("good.test", (await relay.EventAsync(Id, "relayed")).Detail["host"]);
        Assert.Equal(1, broken.Connections);
    }

    [Fact]
    public async Task A_broken_handshake_is_followed_by_a_session_in_clear()
    {
        await using var sink = new SmtpSink { Capabilities = ["STARTTLS"], Reply = command => command == "STARTTLS" ? "220 go ahead\r\nthis is no handshake at all" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test");
        Assert.False((await relay.EventAsync(Id, "relayed")).Detail.ContainsKey("tls"));
        Assert.Equal(2, sink.Connections);
    }

    [Fact]
    public async Task No_listening_exchange_defers_and_no_such_domain_fails()
    {
        var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        var port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        await using var relay = (await RelayHarness.StartAsync(port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test", "b@nowhere.test");
        Assert.Equal("4.4.1", (await relay.EventAsync(Id, "deferred")).Detail["status"]);
        Assert.Equal("5.1.2", (await relay.EventAsync(Id, "attempt")).Detail["status"]);
    }

    [Fact]
    public async Task An_exchange_that_is_this_server_itself_is_a_loop()
    {
        await using var sink = new SmtpSink();
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        relay.OwnPorts.Add(sink.Port);
        await relay.SendAsync(Id, "x\r\n", "a@ours.test", "b@x.test");
        Assert.Equal("5.4.6", (await relay.EventAsync(Id, "attempt")).Detail["status"]);
        Assert.Equal(0, sink.Connections);
    }

    [Fact]
    public async Task A_stop_ends_the_transaction_in_flight_and_gives_back_the_rest()
    {
        using var go = new SemaphoreSlim(0);
        await using var sink = new SmtpSink();
        sink.Taken = _ =>
        {
            go.Wait();
            return "250 ok";
        };
        await using var relay = (await RelayHarness.StartAsync(sink.Port, o => o with { ConnectionsPerDestination = 1 })).WithDomain("x.test");
        await relay.Queue.EnqueueAsync([.. await Task.WhenAll(Enumerable.Range(0, 5).Select(i => relay.MessageAsync($"m{i}", "x\r\n", "a@ours.test", "b@x.test")))]);
        await Testing.Wait.UntilAsync("a transaction in flight", () => Task.FromResult(sink.Commands.Contains("DATA")));
        await relay.UntilAsync("leased rows", counts => counts.Leased == 5);
        var stop = relay.StopAsync();
        go.Release();
        await stop;
        Assert.Equal((1, 4L, 4L), (sink.Mails.Count, (await relay.Operations.CountAsync()).Total, (await relay.Operations.CountAsync()).Deferred));

        go.Release(4);
        await relay.StartSchedulerAsync();
        await relay.UntilAsync("an empty queue", counts => counts.Total == 0);
        Assert.Equal(5, sink.Mails.Count);
    }

    [Fact]
    public async Task A_removal_with_a_bounce_tells_the_sender()
    {
        await using var sink = new SmtpSink { Reply = command => command.StartsWith("MAIL", StringComparison.Ordinal) ? "450 later" : "" };
        await using var relay = (await RelayHarness.StartAsync(sink.Port)).WithDomain("x.test");
        await relay.SendAsync(Id, "x\r\n", "alice@ours.test", "b@x.test");
        await relay.RowAsync("an attempt made", row => row.Attempts == 1);
        await relay.Operations.DeleteAsync(new QueueFilter { MessageId = Id }, bounce: true);
        await relay.Reporter.ReportAsync(CancellationToken.None);
        var report = Assert.IsType<MultipartReport>((await relay.ReadAsync(Assert.Single(relay.Intake.Accepted))).Body);
        Assert.Equal("5.0.0", Assert.IsType<MessageDeliveryStatus>(report[1]).StatusGroups[1]["Status"]);
        Assert.Equal(0, (await relay.Operations.CountAsync()).Total);
    }
}
