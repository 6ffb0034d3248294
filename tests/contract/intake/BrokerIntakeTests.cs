using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Outbound;
using MailMesh.Spool;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailMesh.Contract.Tests;

/// <summary>The intake of the mesh: what is unconfirmed is withdrawn, and the first claim stands.</summary>
public sealed class BrokerIntakeTests : IAsyncLifetime
{
    private static readonly MessageClaim Refusal = new() { Kind = ClaimKind.Refused, ReplyCode = 550, EnhancedStatus = "5.7.1", ReplyText = "No" };

    private readonly MemoryMessageBus _bus = new();
    private TestDatabase _engine = null!;
    private MailDatabase _database = null!;
    private TrackingLog _tracking = null!;
    private BrokerIntake _intake = null!;

    public async Task InitializeAsync()
    {
        _engine = await TestDatabase.CreateAsync();
        _database = MailDatabase.OnPostgres(_engine.ConnectionString);
        await _database.MigrateAsync();
        _tracking = new TrackingLog(_database, TimeProvider.System);
        _intake = new BrokerIntake(_database, _bus, _tracking, TimeProvider.System, NullLogger<BrokerIntake>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _intake.DisposeAsync();
        await _tracking.DisposeAsync();
        await _database.DisposeAsync();
        await _engine.DisposeAsync();
    }

    [Fact]
    public async Task A_confirmed_message_is_accepted_without_a_claim()
    {
        await _intake.AcceptAsync(Message("1"));
        Assert.Equal("1", Assert.Single(_bus.Published<MessageReceived>()).MessageId);
        Assert.Equal(0, await ClaimsAsync());
    }

    [Fact]
    public async Task The_first_claim_stands_for_all()
    {
        Assert.Equal(Refusal, await _intake.ClaimAsync("1", Refusal));
        Assert.Equal(Refusal, await _intake.ClaimAsync("1", MessageClaim.Accepted));
        Assert.Equal(MessageClaim.Accepted, await _intake.ClaimAsync("2", MessageClaim.Accepted));
        Assert.Equal(ClaimKind.Accepted, (await _intake.ClaimAsync("2", Refusal)).Kind);
    }

    [Fact]
    public async Task Of_claims_at_once_one_stands()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = $"{round}";
            var both = await Task.WhenAll(_intake.ClaimAsync(id, MessageClaim.Accepted), Task.Run(() => _intake.ClaimAsync(id, Refusal)));
            Assert.Equal(both[0].Kind, both[1].Kind);
        }
    }

    [Fact]
    public async Task An_unconfirmed_message_is_withdrawn_and_reaches_nobody()
    {
        await RefuseConfirmAsync("1");
        await RelayAsync("1");
        Assert.Equal(0, await QueueRowsAsync());
        Assert.Equal(ClaimKind.Withdrawn, (await _intake.ClaimAsync("1", Refusal)).Kind);
    }

    [Fact]
    public async Task An_unconfirmed_message_that_was_delivered_is_kept()
    {
        await RelayAsync("1");
        FailPublishing();
        await _intake.AcceptAsync(Message("1"));
        Assert.Equal(1, await QueueRowsAsync());
    }

    [Fact]
    public async Task A_withdrawal_waits_for_a_delivery_under_way()
    {
        var inserted = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var commit = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var delivery = _database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("INSERT INTO deliveries (message_id, recipient, at) VALUES (@id, @recipient, @at)", ("@id", "1"), ("@recipient", "bob@ours.example"), ("@at", 0L));
            inserted.TrySetResult();
            await commit.Task;
        });
        await inserted.Task;
        FailPublishing();
        var accepting = _intake.AcceptAsync(Message("1"));
        await Wait.UntilAsync("the withdrawal to wait", async () => await _database.ReadAsync(session =>
            session.ScalarAsync<long>("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'deliveries'::regclass")) > 0);
        Assert.False(accepting.IsCompleted);
        commit.SetResult();
        await delivery;
        await accepting; // 250 after all: it was delivered
        Assert.Equal(0, await ClaimsAsync());
    }

    [Fact]
    public async Task An_unconfirmed_message_that_was_refused_stays_refused()
    {
        await _intake.ClaimAsync("1", Refusal);
        FailPublishing();
        await _intake.AcceptAsync(Message("1"));
        Assert.Equal(Refusal, await _intake.ClaimAsync("1", MessageClaim.Accepted));
    }

    [Fact]
    public async Task What_no_session_waits_for_is_never_withdrawn_since_it_comes_again_under_its_id()
    {
        FailPublishing();
        await Assert.ThrowsAsync<IOException>(() => _intake.AcceptAsync(Message("1") with { VerdictTo = null }));
        Assert.Equal(0, await ClaimsAsync());
    }

    [Fact]
    public async Task An_abandoned_message_is_withdrawn_soon_though_it_was_accepted()
    {
        await _intake.ClaimAsync("1", MessageClaim.Accepted);
        _intake.Abandon("1");
        await Wait.UntilAsync("the withdrawal", async () => (await _intake.ClaimAsync("1", Refusal)).Kind == ClaimKind.Withdrawn);
    }

    private void FailPublishing() => _bus.Publishing = _ => throw new TimeoutException("no confirm");

    private async Task RefuseConfirmAsync(string id)
    {
        FailPublishing();
        await Assert.ThrowsAsync<IOException>(() => _intake.AcceptAsync(Message(id)));
    }

    private Task RelayAsync(string id) => new OutboundQueue(_database, TimeProvider.System).EnqueueAsync([new RelayMessage
    {
        MessageId = id,
        ReversePath = "a@b.example",
        Recipients = [new RemoteRecipient { Address = "x@there.example", ForwardPath = "x@there.example" }],
        Body = "pack/1/0/100",
        SizeBytes = 100,
        HeaderPrefix = "",
        ReceivedAt = DateTimeOffset.UnixEpoch,
    }]);

    private Task<long> ClaimsAsync() => _database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM claims"));

    private Task<long> QueueRowsAsync() => _database.ReadAsync(session => session.ScalarAsync<long>("SELECT count(*) FROM queue"));

    private static MessageReceived Message(string id) => new()
    {
        MessageId = id,
        Envelope = new Envelope { ReversePath = "a@b.example", ForwardPaths = ["bob@ours.example"] },
        Body = "pack/1/0/100",
        SizeBytes = 100,
        Connection = new ConnectionEvidence { RemoteAddress = "192.0.2.1", Helo = "client.example", Listener = "smtp" },
        ReceivedAt = DateTimeOffset.UnixEpoch,
        VerdictTo = new Uri("copy:verdicts/1"),
        VerdictBefore = DateTimeOffset.UnixEpoch,
    };
}
