using System.Globalization;
using MailMesh.Accounts;
using MailMesh.Contracts;
using MailMesh.Database;
using MailMesh.Scheduled;
using MailMesh.Testing;
using MailMesh.Tracking;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Scheduled;

/// <summary>Mail that waits for its moment: durable, listed in order, cancelled until it is taken, and never forgotten half-way.</summary>
public abstract class ScheduledMailContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero));
    private EngineDatabase _engine = null!;
    private AccountAdministration _administration = null!;
    private TrackingLog _tracking = null!;
    private ScheduledMail _scheduled = null!;
    private long _alice;
    private long _bob;

    public async Task InitializeAsync()
    {
        _engine = await EngineDatabase.CreateAsync(engine);
        _administration = new AccountAdministration(_engine.Main, _clock);
        await _administration.AddDomainAsync("example.org");
        _alice = (await _administration.AddAccountAsync("alice@example.org", "wonderland")).Value!.Id;
        _bob = (await _administration.AddAccountAsync("bob@example.org", "builder")).Value!.Id;
        _tracking = new TrackingLog(_engine.Main, _clock);
        _scheduled = new ScheduledMail(_engine.Main, _tracking, _clock, NullLogger<ScheduledMail>.Instance);
    }

    public async Task DisposeAsync()
    {
        await _scheduled.DisposeAsync();
        await _tracking.DisposeAsync();
        await _engine.DisposeAsync();
    }

    internal static MessageReceived Message(string id) => new()
    {
        MessageId = id,
        Envelope = new Envelope { ReversePath = "alice@example.org", ForwardPaths = ["friend@example.net", "用户@例え.jp"], Priority = 3 },
        Body = $"blob-{id}",
        SizeBytes = 1234,
        Connection = new ConnectionEvidence { RemoteAddress = "192.0.2.1", Helo = "client.example", Listener = "submissions", AuthenticatedAs = "alice@example.org" },
        ReceivedAt = new DateTimeOffset(2026, 11, 26, 12, 0, 0, TimeSpan.Zero),
    };

    [ContractFact]
    public async Task What_is_held_is_listed_by_its_moment_page_after_page_and_by_account()
    {
        await HoldAsync("c", _alice, hours: 3);
        await HoldAsync("a", _bob, hours: 1);
        await HoldAsync("b2", _alice, hours: 2);
        await HoldAsync("b1", _alice, hours: 2);
        Assert.Equal(["a", "b1", "b2", "c"], await IdsAsync(null));
        Assert.Equal(["b1", "b2", "c"], await IdsAsync(_alice));
        Assert.Equal(3, await _scheduled.CountAsync(_alice));

        var paged = new List<ScheduledMessage>();
        while (await _scheduled.ListAsync(null, paged.Count == 0 ? "" : ScheduledMail.MarkOf(paged[^1]), 1) is [var next])
            paged.Add(next);
        Assert.Equal(["a", "b1", "b2", "c"], paged.Select(one => one.MessageId));
        var first = paged[0];
        Assert.Equal(("bob@example.org", "alice@example.org", "friend@example.net 用户@例え.jp", "Subject of a", 1234L), (first.Account, first.ReversePath, first.Recipients, first.Subject, first.SizeBytes));
        Assert.Equal((_clock.GetUtcNow(), _clock.GetUtcNow() + TimeSpan.FromHours(1)), (first.HeldAt, first.ReleaseAt));
        await Assert.ThrowsAsync<FormatException>(() => _scheduled.ListAsync(null, "nonsense", 1));
    }

    [ContractFact]
    public async Task A_message_is_taken_at_its_moment_whole_and_again_until_it_is_forgotten()
    {
        await HoldAsync("later", _alice, hours: 2);
        await HoldAsync("soon", _alice, hours: 1);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromHours(1), await _scheduled.NextAsync());
        Assert.Empty(await _scheduled.TakeDueAsync(10));
        _clock.Advance(TimeSpan.FromHours(1));
        var taken = Assert.Single(await _scheduled.TakeDueAsync(10));
        Assert.Equivalent(Message("soon"), taken.Message, strict: true);
        Assert.Equal("soon", Assert.Single(await _scheduled.TakeDueAsync(10)).Message.MessageId); // as after a crash
        await _scheduled.ForgetAsync("soon");
        Assert.Empty(await _scheduled.TakeDueAsync(10));
        Assert.Equal(["later"], await IdsAsync(null));
    }

    [ContractFact]
    public async Task Cancelling_is_for_the_sender_or_an_operator_until_the_message_is_taken()
    {
        await HoldAsync("m1", _alice, hours: 1);
        await HoldAsync("m2", _alice, hours: 1);
        await HoldAsync("m3", _alice, hours: 1);
        Assert.False(await _scheduled.CancelAsync("m1", _bob, "its sender"));
        Assert.True(await _scheduled.CancelAsync("m1", _alice, "its sender"));
        Assert.False(await _scheduled.CancelAsync("m1", _alice, "its sender"));
        Assert.True(await _scheduled.CancelAsync("m2", null, "an operator"));
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Single(await _scheduled.TakeDueAsync(10));
        Assert.False(await _scheduled.CancelAsync("m3", null, "an operator")); // it is on its way
        Assert.Empty(await IdsAsync(null));
        await _tracking.FlushAsync();
        var line = Assert.Single(await _tracking.ReadAsync("m1"));
        Assert.Equal(("cancelled", "its sender"), (line.Event, line.Detail["by"]));
    }

    [ContractFact]
    public async Task Sending_at_once_is_for_the_sender_or_an_operator()
    {
        await HoldAsync("m1", _alice, hours: 100);
        Assert.False(await _scheduled.SendNowAsync("m1", _bob));
        Assert.Empty(await _scheduled.TakeDueAsync(10));
        Assert.True(await _scheduled.SendNowAsync("m1", _alice));
        Assert.Equal("m1", Assert.Single(await _scheduled.TakeDueAsync(10)).Message.MessageId);
    }

    [ContractFact]
    public async Task Mail_of_a_disabled_account_waits_and_that_of_one_that_is_gone_is_discarded()
    {
        await HoldAsync("waits", _alice, hours: 1);
        await HoldAsync("gone", _bob, hours: 1);
        await _administration.SetEnabledAsync("alice@example.org", false);
        await _administration.RemoveAccountAsync("bob@example.org");
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(await _scheduled.TakeDueAsync(10));
        Assert.Equal(["waits"], await IdsAsync(null));
        await _tracking.FlushAsync();
        Assert.Equal("discarded", Assert.Single(await _tracking.ReadAsync("gone")).Event);
        await _administration.SetEnabledAsync("alice@example.org", true);
        Assert.Equal("waits", Assert.Single(await _scheduled.TakeDueAsync(10)).Message.MessageId);
    }

    [ContractFact]
    public async Task A_message_held_twice_is_one_and_many_at_once_are_all_kept()
    {
        await Task.WhenAll(Enumerable.Range(0, 100).SelectMany(i => new[] { i, i }).Select(i => HoldAsync(i.ToString("D3", CultureInfo.InvariantCulture), _alice, hours: 1)));
        Assert.Equal(100, await _scheduled.CountAsync(_alice));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(60, (await _scheduled.TakeDueAsync(60)).Count);
    }

    [ContractFact]
    public async Task What_its_client_was_told_to_send_again_is_removed()
    {
        var holding = _scheduled.HoldAsync(Message("m1"), _alice, null, _clock.GetUtcNow() + TimeSpan.FromHours(1));
        _scheduled.Abandon("m1", holding);
        await holding;
        await Wait.UntilAsync("the abandoned message goes", async () => (await IdsAsync(null)).Count == 0);
    }

    private Task HoldAsync(string id, long account, int hours) =>
        _scheduled.HoldAsync(Message(id), account, $"Subject of {id}", _clock.GetUtcNow() + TimeSpan.FromHours(hours));

    private async Task<List<string>> IdsAsync(long? account) => [.. (await _scheduled.ListAsync(account, "", 100)).Select(one => one.MessageId)];
}
