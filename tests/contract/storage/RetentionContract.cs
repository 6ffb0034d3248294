using MailMesh.Mailstore;
using MailMesh.Storage;
using MailMesh.Testing;
using Microsoft.Extensions.Time.Testing;

namespace MailMesh.Contract.Tests.Storage;

/// <summary>Rows go when their time is over, and not before.</summary>
public abstract class RetentionContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UtcNow);
    private MailstoreHome _home = null!;
    private Retention _retention = null!;
    private long _alice;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(_clock, engine: engine);
        _retention = new Retention(_home.Database, new StorageOptions(), _clock);
        _alice = await _home.AddAccountAsync("alice");
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Delivery_keys_go_after_a_week_unless_the_message_still_waits()
    {
        var done = await _home.MessageAsync("done", _alice);
        var waiting = await _home.MessageAsync("waiting", _alice);
        await _home.Store.DeliverAsync([done, waiting]);
        await _home.Database.WriteAsync(session => session.ExecuteAsync(
            "INSERT INTO spool (message_id, payload, received_at) VALUES (@id, '{}', 0)", ("@id", waiting.MessageId)));
        _clock.Advance(TimeSpan.FromDays(6.9));
        Assert.Equal(0, await _retention.SweepAsync(CancellationToken.None));
        _clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal(1, await _retention.SweepAsync(CancellationToken.None));
        Assert.True((await _home.Store.DeliverAsync([waiting]))[0].Recipients[0].Duplicate);
    }

    [ContractFact]
    public async Task Many_rows_go_in_one_sweep()
    {
        await _home.Database.WriteAsync(async session =>
        {
            for (var i = 0; i < 1700; i++)
                await session.ExecuteAsync(
                    "INSERT INTO tracking (message_id, at, service, event, detail) VALUES ('m', @at, 's', 'e', '{}')",
                    ("@at", (_clock.GetUtcNow() - TimeSpan.FromDays(i < 1600 ? 31 : 29)).ToUnixTimeMilliseconds()));
        });
        Assert.Equal(1600, await _retention.SweepAsync(CancellationToken.None));
    }

    [ContractFact]
    public async Task Swept_tombstones_leave_changes_right()
    {
        var inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
        for (var i = 0; i < 6; i++)
            await _home.AppendAsync(inbox);
        await using var early = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        var start = early.Current.HighestModSeq;
        await _home.Store.ExpungeAsync(inbox, [1, 2], evenWithoutDeleted: true);
        var middle = (await _home.Store.OpenAsync(_alice, "INBOX")).Mailbox.HighestModSeq;
        _clock.Advance(TimeSpan.FromDays(20));
        await _home.Store.ExpungeAsync(inbox, [5], evenWithoutDeleted: true);
        _clock.Advance(TimeSpan.FromDays(11));
        Assert.Equal(2, await _retention.SweepAsync(CancellationToken.None));
        Assert.Equal(1, await _home.CountAsync("expunged"));

        Assert.True((await _home.Store.ChangesSinceAsync(inbox, start)).IsWholeMailbox);
        var changes = await _home.Store.ChangesSinceAsync(inbox, middle);
        Assert.False(changes.IsWholeMailbox);
        Assert.Equal([5L], changes.Vanished);
        Assert.Equal([3L, 4, 6], (await early.RefreshAsync()).Range(1, 9).Select(m => m.Message.Uid));
    }
}
