using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Sessions that have selected a mailbox: shared snapshots, news, \Recent, and memory of what vanished.</summary>
public abstract class SelectedMailboxContract(DatabaseEngine engine) : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private MailstoreHome _home = null!;
    private long _alice;
    private long _inbox;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Sessions_share_one_snapshot_until_the_last_leaves()
    {
        var first = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        var second = await _home.Snapshots.OpenAsync(_alice, "inbox");
        Assert.Same(first.Current, second.Current);
        Assert.Equal(1, _home.Snapshots.Count);
        await first.DisposeAsync();
        await first.DisposeAsync();
        Assert.Equal(1, _home.Snapshots.Count);
        await second.DisposeAsync();
        Assert.Equal(0, _home.Snapshots.Count);
    }

    [ContractFact]
    public async Task Mailbox_that_is_opened_again_shares_what_did_not_change_and_shows_what_did()
    {
        for (var i = 0; i < 600; i++)
            await _home.AppendAsync(_inbox);
        var first = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        var left = first.Current;
        await first.DisposeAsync();

        await using (var unchanged = await _home.Snapshots.OpenAsync(_alice, "INBOX"))
            Assert.Same(left, unchanged.Current);

        await _home.Store.StoreFlagsAsync(_inbox, [2, 550], new FlagChange(FlagOperation.Add, SystemFlags.Deleted, []));
        await _home.Store.ExpungeAsync(_inbox, [2, 550]);
        await _home.Store.StoreFlagsAsync(_inbox, [3], new FlagChange(FlagOperation.Add, SystemFlags.Flagged, []));
        await _home.AppendAsync(_inbox);
        await using var again = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        await ExpectAsInDatabaseAsync(again.Current, "INBOX");
        Assert.Equal(599, again.Current.Count);
        Assert.Equal(SystemFlags.Flagged, again.Current.ByUid(3)!.Flags);
    }

    [ContractFact]
    public async Task Mailbox_that_was_made_again_or_renamed_shows_nothing_of_before()
    {
        await _home.Directory.CreateAsync(_alice, "Work");
        await _home.Store.CopyAsync(_inbox, [await _home.AppendAsync(_inbox)], _alice, "Work");
        var opened = await _home.Snapshots.OpenAsync(_alice, "Work");
        var was = opened.Current.Mailbox;
        await opened.DisposeAsync();
        await _home.Directory.RenameAsync(_alice, "Work", "Play");
        await using (var renamed = await _home.Snapshots.OpenAsync(_alice, "Play"))
            Assert.Equal(("Play", 1), (renamed.Current.Mailbox.Name, renamed.Current.Count));

        await _home.Directory.DeleteAsync(_alice, "Play");
        await _home.Directory.CreateAsync(_alice, "Play");
        await using var made = await _home.Snapshots.OpenAsync(_alice, "Play");
        Assert.Equal(0, made.Current.Count);
        Assert.NotEqual(was.UidValidity, made.Current.Mailbox.UidValidity);
    }

    [ContractFact]
    public async Task Mailbox_that_went_back_in_time_is_loaded_again()
    {
        await _home.AppendAsync(_inbox);
        await _home.AppendAsync(_inbox);
        await (await _home.Snapshots.OpenAsync(_alice, "INBOX")).DisposeAsync();
        await _home.Database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("DELETE FROM messages WHERE mailbox_id = @id AND uid = 2", ("@id", _inbox));
            await session.ExecuteAsync("UPDATE mailboxes SET uid_next = 2, highest_mod_seq = 2 WHERE id = @id", ("@id", _inbox));
        });
        await using var restored = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        Assert.Equal(1, restored.Current.Count);
    }

    [ContractFact]
    public async Task Waiting_session_hears_of_a_delivery()
    {
        await using var selected = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        var shown = selected.Current;
        var news = selected.WaitForChangeAsync(shown);
        Assert.False(news.IsCompleted);
        await _home.Store.DeliverAsync([await _home.MessageAsync("news", _alice)]);
        Assert.Equal(1, (await news.WaitAsync(Patience)).Count);
    }

    [ContractFact]
    public async Task Session_that_began_with_an_older_row_of_its_mailbox_hears_what_was_told_before_it_had_the_mailbox()
    {
        await _home.AppendAsync(_inbox);
        await (await _home.Snapshots.OpenAsync(_alice, "INBOX")).DisposeAsync();
        var row = (await _home.Directory.FindAsync(_alice, "INBOX"))!;
        await _home.AppendAsync(_inbox); // its news come while nobody has the mailbox
        await using var mailbox = await _home.Snapshots.OpenAsync(row);
        await Wait.UntilAsync("the message that came meanwhile", () => Task.FromResult(mailbox.Current.Count == 2), Patience);
    }

    [ContractFact]
    public async Task Waiting_session_hears_that_its_mailbox_is_deleted()
    {
        await using var selected = await _home.Snapshots.OpenAsync(_alice, "Trash");
        var news = selected.WaitForChangeAsync(selected.Current);
        await _home.Directory.DeleteAsync(_alice, "Trash");
        await news.WaitAsync(Patience);
        Assert.True(selected.IsDeleted);
    }

    [ContractFact]
    public async Task Wait_ends_with_its_token()
    {
        await using var selected = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        using var stop = new CancellationTokenSource();
        var news = selected.WaitForChangeAsync(selected.Current, stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => news);
    }

    [ContractFact]
    public async Task Missing_mailbox_is_refused_and_nothing_stays()
    {
        await Assert.ThrowsAsync<MailboxException>(() => _home.Snapshots.OpenAsync(_alice, "nowhere"));
        Assert.Equal(0, _home.Snapshots.Count);
    }

    [ContractFact]
    public async Task Message_is_recent_to_one_reading_and_writing_session_alone()
    {
        await _home.AppendAsync(_inbox);
        Assert.Equal(1, (await _home.Directory.StatusAsync(_alice, "INBOX")).Recent);
        await using (var examined = await _home.Snapshots.OpenAsync(_alice, "INBOX", readOnly: true))
            Assert.Equal(1, examined.RecentFrom);
        await using (var first = await _home.Snapshots.OpenAsync(_alice, "INBOX"))
        {
            Assert.Equal(1, first.RecentFrom);
            await using var second = await _home.Snapshots.OpenAsync(_alice, "INBOX");
            Assert.Equal(2, second.RecentFrom);
            await _home.AppendAsync(_inbox);
            await first.RefreshAsync();
        }
        await using var last = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        Assert.Equal(3, last.RecentFrom);
        Assert.Equal(0, (await _home.Directory.StatusAsync(_alice, "INBOX")).Recent);
    }

    [ContractFact]
    public async Task Reader_from_before_a_sweep_of_tombstones_gets_the_whole_list()
    {
        for (var i = 0; i < 5; i++)
            await _home.AppendAsync(_inbox, flags: SystemFlags.Deleted);
        await using var selected = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        var from = selected.Current.HighestModSeq;
        await _home.Store.ExpungeAsync(_inbox, [2, 4]);
        await _home.Database.WriteAsync(async session =>
        {
            await session.ExecuteAsync("UPDATE mailboxes SET swept_mod_seq = highest_mod_seq WHERE id = @id", ("@id", _inbox));
            await session.ExecuteAsync("DELETE FROM expunged");
        });
        Assert.True((await _home.Store.ChangesSinceAsync(_inbox, from)).IsWholeMailbox);
        Assert.Equal([1L, 3, 5], (await selected.RefreshAsync()).Range(1, 10).Select(m => m.Message.Uid));
    }

    [ContractFact]
    public async Task Store_without_effect_takes_no_modseq_and_sends_no_event()
    {
        var uid = await _home.AppendAsync(_inbox, flags: SystemFlags.Seen);
        var before = await _home.Store.OpenAsync(_alice, "INBOX");
        _home.Bus.Forget();
        await _home.Store.StoreFlagsAsync(_inbox, [uid], new FlagChange(FlagOperation.Add, SystemFlags.Seen, []));
        await _home.Store.StoreFlagsAsync(_inbox, [99], new FlagChange(FlagOperation.Add, SystemFlags.Seen, ["k"]));
        var after = await _home.Store.OpenAsync(_alice, "INBOX");
        Assert.Equal(before.Mailbox.HighestModSeq, after.Mailbox.HighestModSeq);
        Assert.Equal(before.Messages, after.Messages);
        Assert.Empty(_home.Bus.Published<Contracts.MailboxChanged>());
    }

    [ContractFact]
    public async Task Keywords_are_bounded()
    {
        var uid = await _home.AppendAsync(_inbox);
        var many = Enumerable.Range(0, 65).Select(i => $"k{i}").ToList();
        foreach (var change in new[] { new FlagChange(FlagOperation.Replace, SystemFlags.None, many), new FlagChange(FlagOperation.Add, SystemFlags.None, [new string('x', 129)]) })
            Assert.Equal(MailboxRefusal.Limit, (await Assert.ThrowsAsync<MailboxException>(() => _home.Store.StoreFlagsAsync(_inbox, [uid], change))).Refusal);
    }

    [ContractFact]
    public async Task Copy_into_a_missing_mailbox_is_refused_and_changes_nothing()
    {
        var uid = await _home.AppendAsync(_inbox);
        var refused = await Assert.ThrowsAsync<MailboxException>(() => _home.Store.MoveAsync(_inbox, [uid], _alice, "nowhere"));
        Assert.Equal(MailboxRefusal.NonExistent, refused.Refusal);
        Assert.Single((await _home.Store.OpenAsync(_alice, "INBOX")).Messages);
    }

    private async Task ExpectAsInDatabaseAsync(MailboxSnapshot shown, string name)
    {
        var stored = await _home.Store.OpenAsync(_alice, name);
        Assert.Equal(stored.Mailbox with { RecentUid = shown.Mailbox.RecentUid }, shown.Mailbox); // who is told of what is no change of the mailbox
        Assert.Equal(stored.Messages, shown.Range(1, int.MaxValue).Select(m => m.Message));
    }
}
