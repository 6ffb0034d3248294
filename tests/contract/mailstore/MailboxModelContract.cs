using CsCheck;
using MailMesh.Mailstore;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Mailstore;

/// <summary>Random operations on mailboxes, against a naive model; a session's view follows by differences and ends the same.</summary>
public abstract class MailboxModelContract(DatabaseEngine engine) : IAsyncLifetime
{
    private MailstoreHome _home = null!;
    private int _accounts;

    public async Task InitializeAsync() => _home = await MailstoreHome.CreateAsync(engine: engine);

    public async Task DisposeAsync() => await _home.DisposeAsync();

    [ContractFact]
    public async Task Operations_do_what_the_model_does()
    {
        var operation = Gen.Select(Gen.Int[0, 7], Gen.Int[0, 1], Gen.Int[0, int.MaxValue]);
        await operation.List[1, 25].SampleAsync(RunAsync, iter: 25, threads: 1);
    }

    private async Task RunAsync(List<(int Kind, int Mailbox, int Seed)> operations)
    {
        var account = await _home.AddAccountAsync($"model{Interlocked.Increment(ref _accounts)}");
        await using var inbox = await _home.Snapshots.OpenAsync(account, "INBOX");
        await using var archive = await _home.Snapshots.OpenAsync(account, "Archive");
        MailboxPair[] pairs = [new MailboxPair(inbox), new MailboxPair(archive)];
        foreach (var (kind, mailbox, seed) in operations)
        {
            await ApplyAsync(account, pairs[mailbox], pairs[1 - mailbox], kind, new Random(seed));
            foreach (var pair in pairs)
                await CompareAsync(account, pair);
        }
    }

    private async Task ApplyAsync(long account, MailboxPair at, MailboxPair other, int kind, Random random)
    {
        var id = at.Selected.Current.Mailbox.Id;
        var uids = at.Pick(random);
        switch (kind)
        {
            case 0:
                var flags = (SystemFlags)random.Next(32);
                at.Add(await _home.AppendAsync(id, flags: flags, keywords: "b a"), flags, "a b");
                break;
            case 1 when at.Selected.Current.Mailbox.Name == "INBOX":
                var outcomes = await _home.Store.DeliverAsync([await _home.MessageAsync("m", account), await _home.MessageAsync("n", account)]);
                foreach (var outcome in outcomes)
                    at.Add(outcome.Recipients[0].Uid, SystemFlags.None, null);
                break;
            case 2 or 3 or 4:
                var change = new FlagChange((FlagOperation)(kind - 2), (SystemFlags)random.Next(32), random.Next(2) == 0 ? [] : ["a", "c"]);
                Assert.Empty(await (random.Next(2) == 0 ? _home.Store.StoreFlagsAsync(id, uids, change) : at.Selected.StoreFlagsAsync(uids, change)));
                at.Change(uids, change);
                break;
            case 5:
                var copied = await _home.Store.CopyAsync(id, uids, account, other.Selected.Current.Mailbox.Name);
                other.Take(at, copied);
                break;
            case 6:
                var moved = await _home.Store.MoveAsync(id, uids, account, other.Selected.Current.Mailbox.Name);
                other.Take(at, moved);
                at.Remove(uids);
                break;
            case 7:
                var all = random.Next(3) == 0;
                Assert.Equal(at.Removable(uids, all), await _home.Store.ExpungeAsync(id, uids, all));
                at.Remove(at.Removable(uids, all));
                break;
        }
    }

    private async Task CompareAsync(long account, MailboxPair pair)
    {
        var stored = await _home.Store.OpenAsync(account, pair.Selected.Current.Mailbox.Name);
        Assert.Equal(pair.Model.Select(m => (m.Key, m.Value.Flags, m.Value.Keywords)), stored.Messages.Select(m => (m.Uid, m.Flags, m.Keywords)));
        Assert.True(stored.Mailbox.UidNext > (pair.Model.Count == 0 ? 0 : pair.Model.Keys.Last()));
        var snapshot = await pair.Selected.RefreshAsync();
        Assert.Equal(stored.Messages, snapshot.Range(1, int.MaxValue).Select(m => m.Message));
        Assert.Equal((stored.Mailbox.UidNext, stored.Mailbox.HighestModSeq), (snapshot.UidNext, snapshot.HighestModSeq));
        pair.Follow(snapshot);
        Assert.Equal(stored.Messages, pair.Shown);
        var status = await _home.Directory.StatusAsync(account, stored.Mailbox.Name);
        Assert.Equal(
            (stored.Messages.Count, stored.Messages.Count(m => !m.Flags.HasFlag(SystemFlags.Seen)), stored.Messages.Count(m => m.Flags.HasFlag(SystemFlags.Deleted)), stored.Messages.Sum(m => m.Size)),
            (status.Messages, status.Unseen, status.Deleted, status.SizeBytes));
    }

    /// <summary>A mailbox in the store, in the model, and as a client shows it.</summary>
    private sealed class MailboxPair(SelectedMailbox selected)
    {
        private MailboxSnapshot _followed = selected.Current;

        public SelectedMailbox Selected => selected;

        public SortedDictionary<long, (SystemFlags Flags, string? Keywords)> Model { get; } = [];

        public List<MailboxMessage> Shown { get; } = [];

        public void Add(long uid, SystemFlags flags, string? keywords)
        {
            Assert.True(Model.Count == 0 || uid > Model.Keys.Last());
            Model.Add(uid, (flags, keywords));
        }

        /// <summary>Some UIDs that exist, and perhaps some that do not, ascending.</summary>
        public List<long> Pick(Random random)
        {
            var picked = Model.Keys.Where(_ => random.Next(2) == 0).ToList();
            return random.Next(2) == 0 ? [.. picked.Append(100_000)] : picked;
        }

        public void Change(List<long> uids, FlagChange change)
        {
            foreach (var uid in uids.Where(Model.ContainsKey))
            {
                var (flags, keywords) = Model[uid];
                var set = keywords?.Split(' ') ?? [];
                var (newFlags, newSet) = change.Operation switch
                {
                    FlagOperation.Replace => (change.Flags, change.Keywords),
                    FlagOperation.Add => (flags | change.Flags, set.Union(change.Keywords)),
                    _ => (flags & ~change.Flags, set.Except(change.Keywords)),
                };
                var text = string.Join(' ', newSet.Order());
                Model[uid] = (newFlags, text.Length == 0 ? null : text);
            }
        }

        public void Take(MailboxPair source, CopiedMessages copied)
        {
            for (var i = 0; i < copied.SourceUids.Count; i++)
            {
                var (flags, keywords) = source.Model[copied.SourceUids[i]];
                Add(copied.TargetUids[i], flags, keywords);
            }
        }

        public List<long> Removable(List<long> uids, bool all) =>
            [.. uids.Where(uid => Model.TryGetValue(uid, out var m) && (all || m.Flags.HasFlag(SystemFlags.Deleted)))];

        public void Remove(List<long> uids) => uids.ForEach(uid => Model.Remove(uid));

        public void Follow(MailboxSnapshot snapshot)
        {
            var difference = MailboxSnapshot.Diff(_followed, snapshot);
            foreach (var gone in difference.Vanished.Reverse())
                Shown.RemoveAt(gone.Sequence - 1);
            Shown.AddRange(difference.Added.Select(m => m.Message));
            foreach (var changed in difference.Changed)
                Shown[changed.Sequence - 1] = changed.Message;
            _followed = snapshot;
        }
    }
}
