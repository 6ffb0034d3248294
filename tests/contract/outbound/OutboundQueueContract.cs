using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Outbound;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests;

/// <summary>What the relay and the operator rely on; every database runs it.</summary>
public abstract class OutboundQueueContract(DatabaseEngine engine) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 5, 10, 0, 0, TimeSpan.Zero));
    private EngineDatabase _engine = null!;
    private MailDatabase _database = null!;
    private OutboundQueue _queue = null!;
    private QueueOperations _operations = null!;

    public async Task InitializeAsync()
    {
        _engine = await EngineDatabase.CreateAsync(engine);
        _database = _engine.Main;
        _queue = new OutboundQueue(_database, _clock);
        _operations = new QueueOperations(_database, _queue, _clock);
    }

    public async Task DisposeAsync() => await _engine.DisposeAsync();

    [ContractFact]
    public async Task Enqueued_recipients_are_due_at_once_with_every_field()
    {
        var message = Message("m1", "Bob@Example.ORG") with { Smtputf8 = true, EightBitMime = true, HeaderPrefix = "X-A: ü\r\n" };
        await _queue.EnqueueAsync([message]);

        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        Assert.Equal("m1", row.MessageId);
        Assert.Equal("Bob@Example.ORG", row.Recipient);
        Assert.Equal("written@example.net", row.ForwardPath);
        Assert.Equal("example.org", row.Domain);
        Assert.Equal("alice@example.com", row.ReversePath);
        Assert.Equal("blob-m1", row.Blob);
        Assert.Equal(1234, row.BlobSize);
        Assert.Equal("X-A: ü\r\n"u8.ToArray(), row.HeaderPrefix);
        Assert.True(row.Smtputf8);
        Assert.True(row.EightBitMime);
        Assert.Equal((int)QueueState.Leased, row.State);
        Assert.Equal(0, row.Attempts);
        Assert.Equal(message.ReceivedAt, row.ReceivedAt);
        Assert.False(row.Warned);
    }

    [ContractFact]
    public async Task What_the_sender_asked_for_is_kept_with_the_rows()
    {
        var asking = Message("m1", "bob@example.org") with
        {
            DsnReturn = "FULL",
            EnvelopeId = "QQ",
            Priority = -3,
            RequireTls = true,
            DeliverBy = _clock.GetUtcNow().AddHours(1),
            DeliverByMode = "RT",
        };
        asking = asking with { Recipients = [asking.Recipients[0] with { Notify = "SUCCESS,FAILURE", OriginalRecipient = "rfc822;b@example.net" }] };
        await _queue.EnqueueAsync([asking, Message("m2", "bob@example.org")]);

        var rows = (await _queue.LeaseDueAsync(10, Lease)).ToDictionary(row => row.MessageId);
        var row = rows["m1"];
        Assert.Equal(("SUCCESS,FAILURE", "rfc822;b@example.net", "FULL", "QQ"), (row.Notify, row.OriginalRecipient, row.DsnReturn, row.EnvelopeId));
        Assert.Equal((-3, true, _clock.GetUtcNow().AddHours(1), "RT"), (row.Priority, row.RequireTls, row.DeliverBy, row.DeliverByMode));
        row = rows["m2"];
        Assert.Equal((null, null, null, null), (row.Notify, row.OriginalRecipient, row.DsnReturn, row.EnvelopeId));
        Assert.Equal((0, false, null, null), (row.Priority, row.RequireTls, row.DeliverBy, row.DeliverByMode));
        Assert.Equal("bob@example.org", Assert.Single(await _operations.ListAsync(new QueueFilter { MessageId = "m1" })).Recipient);
    }

    [ContractFact]
    public async Task The_highest_priority_goes_first_and_within_one_what_is_due_longest()
    {
        foreach (var (id, priority) in new[] { ("low", -1), ("first", 0), ("second", 0), ("urgent", 9), ("high", 4) })
        {
            await _queue.EnqueueAsync([Message(id, "a@x.test") with { Priority = priority }]);
            _clock.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(["urgent", "high"], (await _queue.LeaseDueAsync(2, Lease)).Select(row => row.MessageId));
        Assert.Equal(["first", "second", "low"], (await _queue.LeaseDueAsync(10, Lease)).Select(row => row.MessageId));
    }

    [ContractFact]
    public async Task The_same_recipient_of_the_same_message_is_enqueued_once_even_after_it_has_gone()
    {
        var message = Message("m1", "bob@example.org");
        await _queue.EnqueueAsync([message, message]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        await _queue.SettleAsync([new QueueOutcome.Done(row.Id)]);

        await _queue.EnqueueAsync([message]);

        Assert.Equal(0, (await _operations.CountAsync()).Total);
    }

    [ContractFact]
    public async Task A_copy_that_lost_its_lease_hears_so_and_its_late_word_changes_nothing()
    {
        var other = new OutboundQueue(_engine.Connect(), _clock);
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        _clock.Advance(Lease);
        Assert.Equal(row.Id, Assert.Single(await other.LeaseDueAsync(10, Lease)).Id);

        Assert.Empty(await _queue.RenewAsync([row.Id], Lease));
        var attempt = new Attempt(_clock.GetUtcNow(), "4.0.0", null, "late");
        await _queue.SettleAsync([
            new QueueOutcome.Returned(row.Id),
            new QueueOutcome.Deferred(row.Id, _clock.GetUtcNow(), attempt, Warned: true),
            new QueueOutcome.Failed(row.Id, "notice", attempt)]);

        var now = Assert.IsType<QueueEntry>(await _operations.ShowAsync(row.Id));
        Assert.Equal(((int)QueueState.Leased, 0, null), (now.State, now.Attempts, now.LastOutcome));
        Assert.Equal([row.Id], await other.RenewAsync([row.Id], Lease));
    }

    [ContractFact]
    public async Task What_a_server_has_taken_goes_even_where_the_lease_was_lost()
    {
        var other = new OutboundQueue(_engine.Connect(), _clock);
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        _clock.Advance(Lease);
        Assert.Single(await other.LeaseDueAsync(10, Lease));

        await _queue.SettleAsync([new QueueOutcome.Done(row.Id)]);

        Assert.Null(await _operations.ShowAsync(row.Id));
    }

    [ContractFact]
    public async Task A_leased_row_is_nobody_elses_until_its_lease_ends()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        Assert.Empty(await _queue.LeaseDueAsync(10, Lease));

        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Equal([row.Id], await _queue.RenewAsync([row.Id], Lease));
        _clock.Advance(TimeSpan.FromSeconds(100));
        Assert.Empty(await _queue.LeaseDueAsync(10, Lease));

        _clock.Advance(Lease);
        Assert.Single(await _queue.LeaseDueAsync(10, Lease));
    }

    [ContractFact]
    public async Task Where_the_database_is_one_process_alone_a_start_takes_back_the_leases_of_the_run_that_was_killed()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test"), Message("m2", "a@x.test")]);
        var rows = await _queue.LeaseDueAsync(10, Lease);
        await _operations.HoldAsync(new QueueFilter { Id = rows[0].Id });
        await _queue.ReclaimAsync();
        var again = await _queue.LeaseDueAsync(10, Lease);
        Assert.Equal(_database.IsExclusive ? [rows[1].Id] : [], again.Select(r => r.Id));
    }

    [ContractFact]
    public async Task Two_relays_at_once_never_lease_the_same_row()
    {
        await _queue.EnqueueAsync([.. Enumerable.Range(0, 50).Select(i => Message($"m{i}", "a@x.test"))]);
        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => new OutboundQueue(_engine.Connect(), _clock).LeaseDueAsync(10, Lease)));
        var ids = taken.SelectMany(rows => rows).Select(row => row.Id).ToList();
        Assert.Equal(50, ids.Count);
        Assert.Equal(50, ids.Distinct().Count());
    }

    [ContractFact]
    public async Task Rows_due_longest_come_first_and_excluded_domains_not_at_all()
    {
        await _queue.EnqueueAsync([Message("m1", "a@busy.test")]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _queue.EnqueueAsync([Message("m2", "a@x.test")]);
        _clock.Advance(TimeSpan.FromSeconds(1));
        await _queue.EnqueueAsync([Message("m3", "a@x.test")]);

        Assert.Equal("m2", Assert.Single(await _queue.LeaseDueAsync(1, Lease, ["busy.test"])).MessageId);
        Assert.Equal(["m1", "m3"], (await _queue.LeaseDueAsync(10, Lease)).Select(r => r.MessageId));
    }

    [ContractFact]
    public async Task A_deferred_row_waits_for_its_moment_and_remembers_the_attempt()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        var next = _clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        await _queue.SettleAsync([new QueueOutcome.Deferred(row.Id, next, new Attempt(_clock.GetUtcNow(), "4.4.1", "mx.x.test", "refused"), Warned: true)]);

        Assert.Equal(next, await _queue.NextDueAsync());
        Assert.Empty(await _queue.LeaseDueAsync(10, Lease));
        _clock.Advance(TimeSpan.FromMinutes(5));
        row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        Assert.Equal(1, row.Attempts);
        Assert.Equal("4.4.1", row.LastStatus);
        Assert.Equal("mx.x.test", row.LastHost);
        Assert.Equal("refused", row.LastOutcome);
        Assert.True(row.Warned);
    }

    [ContractFact]
    public async Task A_returned_row_is_due_again_and_no_attempt_is_counted()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        await _queue.SettleAsync([new QueueOutcome.Returned(row.Id)]);
        Assert.Equal(0, Assert.Single(await _queue.LeaseDueAsync(10, Lease)).Attempts);
    }

    [ContractFact]
    public async Task A_failed_row_is_not_tried_again_and_keeps_its_notification_until_it_is_done()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        await _queue.SettleAsync([new QueueOutcome.Failed(row.Id, "n1", new Attempt(_clock.GetUtcNow(), "5.1.1", "mx.x.test", "550 no"))]);
        Assert.Empty(await _queue.LeaseDueAsync(10, Lease));

        var failed = Assert.Single(await _queue.LeaseFailedAsync(10, Lease));
        Assert.Equal("n1", failed.Notification);
        Assert.Empty(await _queue.LeaseFailedAsync(10, Lease));
        _clock.Advance(Lease); // the reporter died
        Assert.Equal("n1", Assert.Single(await _queue.LeaseFailedAsync(10, Lease)).Notification);
        await _queue.SettleAsync([new QueueOutcome.Done(row.Id)]);
        Assert.Equal(0, (await _operations.CountAsync()).Total);
    }

    [ContractFact]
    public async Task A_row_held_during_its_attempt_stays_held()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test")]);
        var row = Assert.Single(await _queue.LeaseDueAsync(10, Lease));
        Assert.Equal(1, await _operations.HoldAsync(new QueueFilter { Id = row.Id }));
        await _queue.SettleAsync([new QueueOutcome.Deferred(row.Id, _clock.GetUtcNow(), new Attempt(_clock.GetUtcNow(), "4.4.1", null, "x"), false)]);
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Empty(await _queue.LeaseDueAsync(10, Lease));

        Assert.Equal(1, await _operations.ReleaseAsync(new QueueFilter { MessageId = "m1" }));
        Assert.Single(await _queue.LeaseDueAsync(10, Lease));
    }

    [ContractFact]
    public async Task Retry_makes_deferred_rows_of_a_domain_due()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test"), Message("m2", "a@y.test")]);
        var rows = await _queue.LeaseDueAsync(10, Lease);
        var later = _clock.GetUtcNow() + TimeSpan.FromHours(4);
        await _queue.SettleAsync([.. rows.Select(r => new QueueOutcome.Deferred(r.Id, later, new Attempt(_clock.GetUtcNow(), "4.4.1", null, "x"), false))]);

        Assert.Equal(1, await _operations.RetryAsync(new QueueFilter { Domain = "X.test" }));
        Assert.Equal("m1", Assert.Single(await _queue.LeaseDueAsync(10, Lease)).MessageId);
    }

    [ContractFact]
    public async Task Delete_with_a_bounce_leaves_the_row_to_the_reporter()
    {
        await _queue.EnqueueAsync([Message("m1", "a@x.test"), Message("m2", "a@y.test")]);
        Assert.Equal(1, await _operations.DeleteAsync(new QueueFilter { MessageId = "m1" }, bounce: true));
        Assert.Equal(1, await _operations.DeleteAsync(new QueueFilter { MessageId = "m2" }, bounce: false));

        var failed = Assert.Single(await _queue.LeaseFailedAsync(10, Lease));
        Assert.Equal("m1", failed.MessageId);
        Assert.Null(failed.Notification);
        Assert.Equal("5.0.0", failed.LastStatus);
    }

    [ContractFact]
    public async Task List_pages_by_id_and_filters()
    {
        await _queue.EnqueueAsync([.. Enumerable.Range(0, 5).Select(i => Message($"m{i}", "a@x.test"))]);
        await _queue.EnqueueAsync([Message("other", "a@y.test") with { ReversePath = "" }]);

        var first = await _operations.ListAsync(new QueueFilter { Domain = "x.test" }, limit: 3);
        var second = await _operations.ListAsync(new QueueFilter { Domain = "x.test" }, after: first[^1].Id, limit: 3);
        Assert.Equal(["m0", "m1", "m2"], first.Select(r => r.MessageId));
        Assert.Equal(["m3", "m4"], second.Select(r => r.MessageId));
        Assert.Equal("other", Assert.Single(await _operations.ListAsync(new QueueFilter { Sender = "" })).MessageId);
        Assert.Empty(await _operations.ListAsync(new QueueFilter { State = QueueState.Held }));
        Assert.Equal("m0", (await _operations.ShowAsync(first[0].Id))?.MessageId);
        var counts = await _operations.CountAsync();
        Assert.Equal(6, counts.Deferred);
        Assert.Equal(first[0].ReceivedAt, counts.OldestReceivedAt);
    }

    [ContractFact]
    public async Task A_domain_without_a_route_takes_the_one_of_every_domain()
    {
        var routes = new RelayRoutes(_database);
        Assert.Null(await routes.FindAsync("x.test"));
        await _database.ChangeAsync(context =>
        {
            context.Routes.Add(new Route { Domain = "*", Host = "smart.test", Port = 587, Username = "u", Password = "p" });
            context.Routes.Add(new Route { Domain = "x.test", Host = "in.test", Port = 25 });
            return Task.FromResult(0);
        });
        Assert.Equal("in.test", (await routes.FindAsync("x.test"))?.Host);
        Assert.Equal(("smart.test", 587, "u", "p"), await routes.FindAsync("y.test") is { } all ? (all.Host, all.Port, all.Username, all.Password) : default);
    }

    [ContractFact]
    public async Task Copies_that_are_given_the_same_message_enqueue_it_once()
    {
        var messages = Enumerable.Range(0, 20).Select(i => Message($"m{i}", "a@x.test")).ToList();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(copy =>
            new OutboundQueue(_engine.Connect(), _clock).EnqueueAsync(copy % 2 == 0 ? messages : [.. Enumerable.Reverse(messages)])));
        Assert.Equal(20, (await _operations.CountAsync()).Deferred);
    }

    [ContractFact]
    public async Task Reporters_at_once_never_share_the_rows_of_a_notification()
    {
        await _queue.EnqueueAsync([.. Enumerable.Range(0, 40).Select(i => Message($"m{i}", "a@x.test"))]);
        var rows = await _queue.LeaseDueAsync(100, Lease);
        await _queue.SettleAsync([.. rows.Select((r, i) => new QueueOutcome.Failed(r.Id, $"n{i % 8}", new Attempt(_clock.GetUtcNow(), "5.1.1", null, "no")))]);
        var taken = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => new OutboundQueue(_engine.Connect(), _clock).LeaseFailedAsync(2, Lease)));
        var byNotification = taken.SelectMany((lease, copy) => lease.Select(row => (row.Notification, copy))).ToLookup(t => t.Notification, t => t.copy);
        Assert.Equal(8, byNotification.Count);
        Assert.All(byNotification, copies => Assert.Equal(5, copies.Count()));
        Assert.All(byNotification, copies => Assert.Single(copies.Distinct()));
    }

    private RelayMessage Message(string id, string recipient) => new()
    {
        MessageId = id,
        ReversePath = "alice@example.com",
        Recipients = [new RemoteRecipient { Address = recipient, ForwardPath = "written@example.net" }],
        Body = $"blob-{id}",
        SizeBytes = 1234,
        HeaderPrefix = "",
        ReceivedAt = _clock.GetUtcNow() - TimeSpan.FromSeconds(1),
    };
}
