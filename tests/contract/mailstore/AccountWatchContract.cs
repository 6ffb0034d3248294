using MailMesh.Contracts;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>What a reader sees of its mailboxes is kept up to date by events, of its own account and of those that share with it, and by the catch-up where events are lost.</summary>
public abstract class AccountWatchContract(DatabaseEngine engine) : IAsyncLifetime
{
    private readonly FollowedAccounts _events = new();
    private MailstoreHome _home = null!;
    private AccountWatches _watches = null!;
    private MailboxReader _alice;
    private MailboxReader _bob;
    private MailboxInfo _work = null!;

    public async Task InitializeAsync()
    {
        _home = await MailstoreHome.CreateAsync(engine: engine);
        _alice = new MailboxReader(await _home.AddAccountAsync("alice"), "alice@example.test");
        _bob = new MailboxReader(await _home.AddAccountAsync("bob"), "bob@example.test");
        _work = await _home.Directory.CreateAsync(_alice.AccountId, "Work");
        _watches = new AccountWatches(_home.Database, _home.Access, _home.Directory, _events);
    }

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Events_move_a_watch_forward()
    {
        _home.Bus.Subscribe<MailboxChanged>(_watches.OnMailboxChanged);
        var watch = await _watches.OpenAsync(_bob);
        Assert.Equal(6, watch.Current.Mailboxes.Count);
        var inbox = watch.Current.Mailboxes.Values.Single(m => m.Path == "INBOX").Mailbox;

        await _home.AppendAsync(inbox.Id);
        await BecomesAsync(watch, now => now.Mailboxes[inbox.Id].Mailbox is { UidNext: 2, Messages: 1 });
        await _home.Store.StoreFlagsAsync(inbox.Id, [1], new FlagChange(FlagOperation.Add, SystemFlags.Seen, []));
        await BecomesAsync(watch, now => now.Mailboxes[inbox.Id].Mailbox.HighestModSeq == 3);
        await _home.Directory.UnsubscribeAsync(_bob.AccountId, "Sent");
        await BecomesAsync(watch, now => !now.Subscribed.Contains("Sent"));

        // What another shares, from when it does until it does no longer.
        await _home.Rights.SetAsync(_work.Id, _alice.Address, _bob.Address, FlagOperation.Replace, MailboxRights.Lookup | MailboxRights.Read);
        await BecomesAsync(watch, now => now.Mailboxes.ContainsKey(_work.Id));
        Assert.Equal([_alice.AccountId, _bob.AccountId], _events.Followed.Order());
        await _home.AppendAsync(_work.Id);
        await BecomesAsync(watch, now => now.Mailboxes[_work.Id].Mailbox.Messages == 1);
        await _home.Rights.RemoveAsync(_work.Id, _alice.Address, _bob.Address);
        await BecomesAsync(watch, now => !now.Mailboxes.ContainsKey(_work.Id));
        await Wait.UntilAsync("alice's events are no longer followed", () => Task.FromResult(_events.Followed.SequenceEqual([_bob.AccountId])));

        _watches.Close(watch);
        Assert.Empty(_events.Followed);
        Assert.Equal(0, _watches.Count);
    }

    [ContractFact]
    public async Task Sessions_of_a_reader_share_a_watch_until_the_last_has_gone()
    {
        var watches = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _watches.OpenAsync(_bob)));
        Assert.All(watches, watch => Assert.Same(watches[0], watch));
        foreach (var watch in watches.Skip(1))
            _watches.Close(watch);
        Assert.Equal(1, _watches.Count);
        Assert.Equal([_bob.AccountId], _events.Followed);
        _watches.Close(watches[0]);
        Assert.Equal(0, _watches.Count);
        Assert.Empty(_events.Followed);
    }

    [ContractFact]
    public async Task An_account_whose_events_come_again_is_looked_at()
    {
        var watch = await _watches.OpenAsync(_bob);
        await _home.Directory.CreateAsync(_bob.AccountId, "New"); // its event is lost
        Assert.DoesNotContain(watch.Current.Mailboxes.Values, m => m.Path == "New");
        _events.Resume(_alice.AccountId);
        _events.Resume(_bob.AccountId);
        await BecomesAsync(watch, now => now.Mailboxes.Values.Any(m => m.Path == "New"));
        _watches.Close(watch);
    }

    /// <summary>Where other processes change the database too, which embedded none does.</summary>
    [ContractFact]
    public async Task A_lost_event_is_made_up_for_by_the_catch_up()
    {
        if (engine == DatabaseEngine.Sqlite)
            return;
        await _home.Rights.SetAsync(_work.Id, _alice.Address, _bob.Address, FlagOperation.Replace, MailboxRights.Lookup | MailboxRights.Read);
        var watch = await _watches.OpenAsync(_bob);
        await _watches.CatchUpAsync(); // where things stand
        await _home.AppendAsync(_work.Id);
        await _watches.CatchUpAsync();
        await BecomesAsync(watch, now => now.Mailboxes[_work.Id].Mailbox.Messages == 1);
        var before = watch.Current;
        await _watches.CatchUpAsync();
        Assert.Same(before, watch.Current); // nothing happened, nothing is done
        _watches.Close(watch);
    }

    private static Task BecomesAsync(AccountWatch watch, Func<WatchedAccount, bool> condition) =>
        Wait.UntilAsync("the watch shows the change", () => Task.FromResult(condition(watch.Current)), TimeSpan.FromSeconds(20));

    /// <summary>As the bus of a mesh is told which accounts matter to this copy.</summary>
    private sealed class FollowedAccounts : IAccountEvents
    {
        private readonly Dictionary<long, int> _followers = [];

        public event Action<long>? Resumed;

        public IReadOnlyList<long> Followed
        {
            get
            {
                lock (_followers)
                    return [.. _followers.Where(pair => pair.Value > 0).Select(pair => pair.Key)];
            }
        }

        public void Follow(long accountId) => Count(accountId, +1);

        public void Unfollow(long accountId) => Count(accountId, -1);

        public void Resume(long accountId) => Resumed?.Invoke(accountId);

        private void Count(long accountId, int change)
        {
            lock (_followers)
                Assert.InRange(_followers[accountId] = _followers.GetValueOrDefault(accountId) + change, 0, int.MaxValue);
        }
    }
}
