using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>A session changes the mailbox that it has selected: it has the change at once, together with what others did before.</summary>
public abstract class OwnChangesContract(DatabaseEngine engine) : IAsyncLifetime
{
    private static readonly FlagChange Flag = new(FlagOperation.Add, SystemFlags.Flagged, []);
    private static readonly FlagChange Delete = new(FlagOperation.Add, SystemFlags.Deleted, []);

    private MailstoreHome _home = null!;
    private MailboxStore _elsewhere = null!;
    private MailboxSnapshots _deaf = null!;
    private long _alice;
    private long _inbox;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _elsewhere = _home.AnotherStore();
        _deaf = new MailboxSnapshots(_home.Store); // which no event reaches
        _alice = await _home.AddAccountAsync("alice");
        _inbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!.Id;
        for (var i = 0; i < 5; i++)
            await _home.AppendAsync(_inbox);
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task What_a_session_did_it_has()
    {
        await using var selected = await _deaf.OpenAsync(_alice, "INBOX");
        Assert.Empty(await selected.StoreFlagsAsync([2, 3], Flag));
        await ExpectAsInDatabaseAsync(selected);
        Assert.Empty(await selected.StoreFlagsAsync([2, 5], new FlagChange(FlagOperation.Add, SystemFlags.None, ["work"])));
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal([3], await selected.StoreFlagsAsync([1, 3], Delete, unchangedSince: 6));
        await ExpectAsInDatabaseAsync(selected);
        Assert.True(await selected.ExpungeAsync([1, 2]));
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal([6], (await selected.AppendAsync("INBOX", [await MessageAsync()])).Uids);
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal([7, 8], (await selected.AppendAsync("INBOX", [await MessageAsync(), await MessageAsync()])).Uids);
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal("2 3 4 5 6 7 8", string.Join(' ', selected.Current.Range(1, 9).Select(m => m.Message.Uid)));
    }

    [ContractFact]
    public async Task What_others_did_before_comes_with_it()
    {
        await using var selected = await _deaf.OpenAsync(_alice, "INBOX");
        await _elsewhere.StoreFlagsAsync(_inbox, [1], Flag);
        await selected.StoreFlagsAsync([2], Flag);
        await ExpectAsInDatabaseAsync(selected);
        await _elsewhere.ExpungeAsync(_inbox, [4], evenWithoutDeleted: true);
        await selected.AppendAsync("INBOX", [await MessageAsync()]);
        await ExpectAsInDatabaseAsync(selected);
        await selected.StoreFlagsAsync([1, 2], Delete);
        await _elsewhere.StoreFlagsAsync(_inbox, [3], Delete);
        Assert.True(await selected.ExpungeAsync([1, 2]));
        await ExpectAsInDatabaseAsync(selected);
    }

    [ContractFact]
    public async Task What_others_did_already_is_found_out()
    {
        await using var selected = await _deaf.OpenAsync(_alice, "INBOX");
        await _elsewhere.StoreFlagsAsync(_inbox, [1, 2], Flag);
        var before = (await _home.Store.OpenAsync(_alice, "INBOX")).Mailbox.HighestModSeq;
        await selected.StoreFlagsAsync([1, 2], Flag);
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal(before, selected.Current.HighestModSeq); // RFC 7162 §3.1: nothing changed
        await _elsewhere.ExpungeAsync(_inbox, [1], evenWithoutDeleted: true);
        Assert.False(await selected.ExpungeAsync([1]));
        await ExpectAsInDatabaseAsync(selected);
    }

    [ContractFact]
    public async Task Only_messages_with_the_flag_are_expunged()
    {
        await using var selected = await _deaf.OpenAsync(_alice, "INBOX");
        await selected.StoreFlagsAsync([2, 4], Delete);
        Assert.True(await selected.ExpungeAsync([1, 2, 3, 4, 5]));
        await ExpectAsInDatabaseAsync(selected);
        Assert.Equal("1 3 5", string.Join(' ', selected.Current.Range(1, 9).Select(m => m.Message.Uid)));
        var status = await _home.Directory.StatusAsync(_alice, "INBOX");
        Assert.Equal((3, (await _home.Store.OpenAsync(_alice, "INBOX")).Messages.Sum(m => m.Size)), (status.Messages, status.SizeBytes));
        Assert.Equal(3, status.Mailbox.Messages);
        Assert.Equal([2, 4], (await _home.Store.ChangesSinceAsync(_inbox, 1)).Vanished);
    }

    [ContractFact]
    public async Task A_mailbox_that_is_gone_or_named_otherwise_takes_nothing()
    {
        var work = await _home.Directory.CreateAsync(_alice, "Work");
        await _home.AppendAsync(work.Id);
        await using var selected = await _deaf.OpenAsync(_alice, "Work");
        await _home.Directory.RenameAsync(_alice, "Work", "Play");
        await RefusesAsync(async () => await selected.AppendAsync("Work", [await MessageAsync()]));
        Assert.Equal([2], (await selected.AppendAsync("Play", [await MessageAsync()])).Uids);
        await _home.Directory.DeleteAsync(_alice, "Play");
        await RefusesAsync(async () => await selected.AppendAsync("Play", [await MessageAsync()]));
        await RefusesAsync(() => selected.StoreFlagsAsync([1], Flag));
        Assert.False(await selected.ExpungeAsync([1]));
        Assert.True(selected.IsDeleted);
    }

    [ContractFact]
    public async Task What_a_session_appends_and_sees_is_recent_to_it_alone()
    {
        var first = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        Assert.Equal(1, first.ClaimRecent(first.Current.UidNext));
        await first.AppendAsync("INBOX", [await MessageAsync()]);
        Assert.Equal(6, first.ClaimRecent(first.Current.UidNext));
        await first.DisposeAsync();
        await using (var second = await _home.Snapshots.OpenAsync(_alice, "INBOX"))
            Assert.Equal(7, second.ClaimRecent(second.Current.UidNext));

        await using var reader = await _home.Snapshots.OpenAsync(_alice, "INBOX", readOnly: true);
        await reader.AppendAsync("INBOX", [await MessageAsync()]);
        await using var third = await _home.Snapshots.OpenAsync(_alice, "INBOX");
        Assert.Equal(7, third.ClaimRecent(third.Current.UidNext));
    }

    [ContractFact]
    public async Task Status_of_a_mailbox_that_is_known_here_is_that_of_the_database()
    {
        await using var selected = await _deaf.OpenAsync(_alice, "INBOX");
        await selected.StoreFlagsAsync([1, 2], new FlagChange(FlagOperation.Add, SystemFlags.Seen | SystemFlags.Deleted, []));
        await selected.AppendAsync("INBOX", [await MessageAsync()]);
        var mailbox = (await _home.Directory.FindAsync(_alice, "INBOX"))!;
        Assert.Equal(await _home.Directory.StatusAsync(mailbox), _deaf.StatusOf(mailbox));
        await _elsewhere.StoreFlagsAsync(_inbox, [3], Delete);
        Assert.Null(_deaf.StatusOf((await _home.Directory.FindAsync(_alice, "INBOX"))!));
    }

    [ContractFact]
    public async Task Sessions_of_several_copies_that_change_at_once_end_with_the_same()
    {
        var copies = new[] { new MailboxSnapshots(_home.Store), new MailboxSnapshots(_elsewhere) };
        foreach (var copy in copies)
            _home.Bus.Subscribe<MailboxChanged>(copy.OnMailboxChanged);
        var sessions = new List<SelectedMailbox>();
        for (var i = 0; i < 6; i++)
            sessions.Add(await copies[i % 2].OpenAsync(_alice, "INBOX"));
        await Task.WhenAll(sessions.Select((session, i) => Task.Run(() => WorkAsync(session, new Random(i)))));
        foreach (var session in sessions)
        {
            await session.RefreshAsync();
            await ExpectAsInDatabaseAsync(session);
            await session.DisposeAsync();
        }
        var (mailbox, messages) = await _home.Store.OpenAsync(_alice, "INBOX");
        Assert.Equal((messages.Count, messages.Sum(m => m.Size)), (mailbox.Messages, (await _home.Directory.StatusAsync(_alice, "INBOX")).SizeBytes));
        Assert.Equal(messages.Count, messages.Select(m => m.Uid).Distinct().Count());
        Assert.True(messages.All(m => m.ModSeq <= mailbox.HighestModSeq));
    }

    private async Task WorkAsync(SelectedMailbox session, Random random)
    {
        for (var i = 0; i < 30; i++)
        {
            var known = session.Current.Range(1, int.MaxValue).Select(m => m.Message.Uid).Where(_ => random.Next(2) == 0).Take(1 + random.Next(3)).ToList();
            switch (random.Next(4))
            {
                case 0:
                    await session.AppendAsync("INBOX", [await MessageAsync()]);
                    break;
                case 1:
                    await session.ExpungeAsync(known);
                    break;
                default:
                    await session.StoreFlagsAsync(known, new FlagChange((FlagOperation)random.Next(3), (SystemFlags)random.Next(32), []));
                    break;
            }
            var shown = session.Current;
            var later = await _elsewhere.ChangesSinceAsync(_inbox, shown.HighestModSeq);
            var now = shown.Apply(later);
            var stored = await _elsewhere.OpenAsync(_alice, "INBOX");
            // What another did between the two looks is not in the first; a message of the first that did not change since is as it is.
            Assert.Equal(
                stored.Messages.Where(m => m.ModSeq <= now.HighestModSeq),
                now.Range(1, int.MaxValue).Select(m => m.Message).Where(m => stored.Messages.Contains(m)));
        }
    }

    private async Task ExpectAsInDatabaseAsync(SelectedMailbox selected)
    {
        var stored = await _home.Store.OpenAsync(_alice, "INBOX");
        Assert.Equal(stored.Messages, selected.Current.Range(1, int.MaxValue).Select(m => m.Message));
        Assert.Equal((stored.Mailbox.UidNext, stored.Mailbox.HighestModSeq), (selected.Current.UidNext, selected.Current.HighestModSeq));
    }

    private async Task<NewMessage> MessageAsync()
    {
        var octets = "Subject: x\r\n\r\nx\r\n"u8.ToArray();
        return new NewMessage(await _home.PutAsync(octets), octets.Length, SystemFlags.Seen, "b a", new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.FromHours(9)).AddTicks(99));
    }

    private static async Task RefusesAsync(Func<Task> change) =>
        Assert.Equal(MailboxRefusal.NonExistent, (await Assert.ThrowsAsync<MailboxException>(change)).Refusal);
}
