using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Two copies of the services change the same mailboxes at once: nothing is lost, nothing happens twice, and every reader can follow.</summary>
public abstract class MailboxCopiesContract(DatabaseEngine engine) : IAsyncLifetime
{
    private const int Rounds = 40;

    private MailstoreHome _home = null!;
    private MailboxStore[] _stores = null!;
    private MailboxDirectory[] _directories = null!;
    private long _account;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _stores = [_home.Store, _home.AnotherStore()];
        _directories = [_home.Directory, _home.AnotherDirectory()];
        _account = await _home.AddAccountAsync("alice");
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task First_uses_at_once_make_the_default_mailboxes_once()
    {
        var deliveries = await Task.WhenAll(Enumerable.Range(0, 8).Select(async i => i % 2 == 0
            ? (await _stores[i / 2 % 2].DeliverAsync([await _home.MessageAsync($"m{i}", _account)]))[0].Recipients[0].Mailbox
            : (await _directories[i / 2 % 2].ListAsync(_account)).Count.ToString()));
        Assert.Equal(string.Join(" ", Enumerable.Repeat("INBOX 6", 4)), string.Join(" ", deliveries));
        Assert.Equal(4, (await _home.Store.OpenAsync(_account, "INBOX")).Messages.Count);
    }

    [ContractFact]
    public async Task Copies_that_are_given_the_same_messages_deliver_each_once()
    {
        var bob = await _home.AddAccountAsync("bob");
        var messages = new List<DeliverMessage>();
        for (var i = 0; i < 20; i++)
            messages.Add(await _home.MessageAsync($"m{i}", _account, bob));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => _stores[i % 2].DeliverAsync(i < 2 ? messages : [.. Enumerable.Reverse(messages)])));
        foreach (var account in new[] { _account, bob })
        {
            Assert.Equal(20, outcomes.SelectMany(o => o).SelectMany(o => o.Recipients).Count(r => r.Recipient.AccountId == account && !r.Duplicate));
            var inbox = await _home.Store.OpenAsync(account, "INBOX");
            Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), inbox.Messages.Select(m => m.Uid));
            var contents = await _home.Store.ContentsAsync([.. inbox.Messages.Select(m => m.ContentId)]);
            Assert.Equal(20, contents.Select(c => c.MessageId).Distinct().Count());
        }
    }

    [ContractFact]
    public async Task No_flag_is_lost_when_copies_set_them_at_once()
    {
        var inbox = (await _home.Directory.FindAsync(_account, "INBOX"))!.Id;
        var uids = new List<long>();
        for (var i = 0; i < 5; i++)
            uids.Add(await _home.AppendAsync(inbox));
        SystemFlags[] flags = [SystemFlags.Seen, SystemFlags.Answered, SystemFlags.Flagged, SystemFlags.Draft];
        await Task.WhenAll(Enumerable.Range(0, 24).Select(i => _stores[i % 2].StoreFlagsAsync(
            inbox, uids, new FlagChange(FlagOperation.Add, flags[i % 4], [$"k{i}"]))));
        foreach (var message in (await _home.Store.OpenAsync(_account, "INBOX")).Messages)
        {
            Assert.Equal(flags.Aggregate((a, b) => a | b), message.Flags);
            Assert.Equal(24, message.Keywords!.Split(' ').Length);
        }
    }

    [ContractFact]
    public async Task Whoever_follows_the_changes_ends_with_what_is_there()
    {
        string[] names = ["INBOX", "Archive"];
        var ids = new List<long>();
        foreach (var name in names)
            ids.Add((await _home.Directory.FindAsync(_account, name))!.Id);
        var taken = new ConcurrentBag<(int Mailbox, long Uid)>();
        var snapshots = new MailboxSnapshots(_stores[1]);
        _home.Bus.Subscribe<MailboxChanged>(snapshots.OnMailboxChanged);
        var selected = await Task.WhenAll(names.Select(name => snapshots.OpenAsync(_account, name)));
        using var done = new CancellationTokenSource();
        var following = selected.Select(mailbox => FollowAsync(mailbox, done.Token)).ToList();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(() => WorkAsync(_stores[worker % 2], new Random(worker), ids, names, taken))));
        await done.CancelAsync();
        await Task.WhenAll(following);

        for (var i = 0; i < names.Length; i++)
        {
            var stored = await _home.Store.OpenAsync(_account, names[i]);
            var followed = await selected[i].RefreshAsync();
            Assert.Equal(stored.Messages, followed.Range(1, int.MaxValue).Select(m => m.Message));
            Assert.Equal(stored.Mailbox.HighestModSeq, followed.HighestModSeq);
            var uids = taken.Where(t => t.Mailbox == i).Select(t => t.Uid).ToList();
            Assert.Equal(uids.Count, uids.Distinct().Count()); // UIDs never repeat
            Assert.Equal(stored.Mailbox.UidNext, uids.Count + 1); // and are dense, since nothing was given up
            Assert.Equal((stored.Messages.Count, stored.Messages.Sum(m => m.Size)), await TotalsAsync(ids[i]));
            await selected[i].DisposeAsync();
        }
    }

    [ContractFact]
    public async Task Mailboxes_made_renamed_and_removed_at_once_stay_whole()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
        {
            var random = new Random(i);
            var directory = _directories[i % 2];
            var name = $"a{random.Next(3)}/b{random.Next(3)}";
            try
            {
                switch (i % 4)
                {
                    case 0 or 1:
                        await directory.CreateAsync(_account, name);
                        break;
                    case 2:
                        await directory.RenameAsync(_account, name, $"c{i}/d");
                        break;
                    default:
                        await directory.DeleteAsync(_account, name);
                        break;
                }
                return true;
            }
            catch (MailboxException)
            {
                return false; // another was first
            }
        }));
        Assert.Contains(true, outcomes);
        var mailboxes = await _home.Directory.ListAsync(_account);
        Assert.Equal(mailboxes.Count, mailboxes.Select(m => m.UidValidity).Distinct().Count());
        var names = mailboxes.Select(m => m.Name).ToHashSet();
        Assert.All(mailboxes, mailbox => Assert.True(!mailbox.Name.Contains('/') || names.Contains(mailbox.Name[..mailbox.Name.LastIndexOf('/')])));
    }

    [ContractFact]
    public async Task Delivery_to_a_mailbox_that_is_removed_meanwhile_goes_to_another_and_none_is_lost()
    {
        await _home.Directory.ListAsync(_account);
        var delivering = Enumerable.Range(0, 20).Select(async i =>
            (await _stores[i % 2].DeliverAsync([await _home.MessageAsync($"m{i}", _account) with { Junk = true }]))[0].Recipients[0]);
        var removing = Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                await _directories[i % 2].RenameAsync(_account, "Junk", $"old{i}");
            }
            catch (MailboxException)
            {
                // another was first
            }
        });
        var outcomes = Task.WhenAll(delivering);
        await Task.WhenAll([outcomes, .. removing]);
        Assert.All(await outcomes, outcome => Assert.NotNull(outcome.Mailbox));
        Assert.Equal(20, await _home.CountAsync("messages"));
    }

    private async Task WorkAsync(MailboxStore store, Random random, List<long> ids, string[] names, ConcurrentBag<(int, long)> taken)
    {
        for (var round = 0; round < Rounds; round++)
        {
            var at = random.Next(2);
            var present = (await store.OpenAsync(_account, names[at])).Messages.Select(m => m.Uid).Where(_ => random.Next(3) == 0).ToList();
            switch (random.Next(6))
            {
                case 0:
                    var text = $"Subject: {round}\r\n\r\n{new string('x', random.Next(100))}\r\n";
                    var body = System.Text.Encoding.UTF8.GetBytes(text);
                    var appended = await store.AppendAsync(ids[at], new NewMessage(await _home.PutAsync(body), body.Length, SystemFlags.None, null, InternalDate: null));
                    taken.Add((at, appended.Uid));
                    break;
                case 1:
                    foreach (var outcome in await store.DeliverAsync([await _home.MessageAsync("m", _account), await _home.MessageAsync("n", _account)]))
                        taken.Add((0, outcome.Recipients[0].Uid));
                    break;
                case 2:
                    await store.StoreFlagsAsync(ids[at], present, new FlagChange(FlagOperation.Add, (SystemFlags)random.Next(32), [$"k{random.Next(4)}"]));
                    break;
                case 3:
                    await store.ExpungeAsync(ids[at], present);
                    break;
                case 4:
                    foreach (var uid in (await store.CopyAsync(ids[at], present, _account, names[1 - at])).TargetUids)
                        taken.Add((1 - at, uid));
                    break;
                default:
                    foreach (var uid in (await store.MoveAsync(ids[at], present, _account, names[1 - at])).TargetUids)
                        taken.Add((1 - at, uid));
                    break;
            }
        }
    }

    /// <summary>Moves a session's snapshot on with each event while others change the mailbox: what one step misses, no later one makes up for.</summary>
    private static async Task FollowAsync(SelectedMailbox mailbox, CancellationToken done)
    {
        var shown = mailbox.Current;
        while (!done.IsCancellationRequested)
        {
            try
            {
                shown = await mailbox.WaitForChangeAsync(shown, done);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private Task<(int, long)> TotalsAsync(long mailboxId) => _home.Database.ReadAsync(async session =>
        (await session.QueryAsync("SELECT messages, size_bytes FROM mailboxes WHERE id = @id", row => ((int)row.GetInt64(0), row.GetInt64(1)), ("@id", mailboxId)))[0]);
}
