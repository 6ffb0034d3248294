using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>The readers of this process whose sessions asked to hear of mailboxes that they have not selected: one watch a reader, made for the first session, dropped after the last.</summary>
public sealed class AccountWatches
{
    private const int AccountsOfQuery = 5_000;

    private readonly Dictionary<long, AccountWatch> _watches = [];

    /// <summary>By the account whose events matter to them.</summary>
    private readonly Dictionary<long, HashSet<AccountWatch>> _byOwner = [];

    /// <summary>Mailboxes of an account and the sum of their MODSEQs, as the last catch-up saw them.</summary>
    private readonly Dictionary<long, (long Count, long ModSeqs)> _marks = [];

    private readonly MailDatabase _database;
    private readonly MailboxAccess _access;
    private readonly MailboxDirectory _directory;
    private readonly IAccountEvents? _events;

    /// <param name="events">Told which accounts' events matter here; null where every event comes anyway.</param>
    public AccountWatches(MailDatabase database, MailboxAccess access, MailboxDirectory directory, IAccountEvents? events = null)
    {
        (_database, _access, _directory, _events) = (database, access, directory, events);
        if (events is not null)
            events.Resumed += OnResumed;
    }

    /// <summary>Readers that are watched now.</summary>
    public int Count
    {
        get
        {
            lock (_watches)
                return _watches.Count;
        }
    }

    /// <summary>For one session; as the database is now. Each call needs one of <see cref="Close"/>.</summary>
    public async Task<AccountWatch> OpenAsync(MailboxReader reader)
    {
        AccountWatch? watch;
        lock (_watches)
        {
            if (!_watches.TryGetValue(reader.AccountId, out watch))
            {
                _watches.Add(reader.AccountId, watch = new AccountWatch(this, reader));
                // Events first, then the look: nothing falls between.
                ChangeOwners(watch, new HashSet<long> { reader.AccountId });
            }
            watch.Sessions++;
        }
        try
        {
            await watch.RefreshAsync();
            return watch;
        }
        catch
        {
            Close(watch);
            throw;
        }
    }

    public void Close(AccountWatch watch)
    {
        lock (_watches)
        {
            if (--watch.Sessions > 0)
                return;
            _watches.Remove(watch.Reader.AccountId);
            ChangeOwners(watch, new HashSet<long>());
        }
    }

    /// <summary>Has the watches look again that the change matters to.</summary>
    public void OnMailboxChanged(MailboxChanged change)
    {
        foreach (var watch in InterestedIn(change.AccountId))
            watch.OnChanged(change);
    }

    /// <summary>Asks the database which accounts have changed, and has their watches look: the net under events that are lost.</summary>
    /// <remarks>Only for a database that other processes change too.</remarks>
    public async Task CatchUpAsync()
    {
        long[] accounts;
        lock (_watches)
            accounts = [.. _byOwner.Keys];
        foreach (var some in accounts.Chunk(AccountsOfQuery))
        {
            var marks = await _database.ReadAsync(session => session.QueryAsync(
                "SELECT account_id, count(*), CAST(sum(highest_mod_seq) AS BIGINT) FROM mailboxes WHERE account_id = ANY(@ids) GROUP BY account_id",
                row => (Account: row.GetInt64(0), Mark: (row.GetInt64(1), row.GetInt64(2))), ("@ids", some)));
            foreach (var (account, mark) in marks)
                Compare(account, mark);
        }
    }

    internal async Task<IEnumerable<ReachedMailbox>> OwnAsync(MailboxReader reader) =>
        (await _directory.ListAsync(reader.AccountId)).Select(mailbox => new ReachedMailbox(mailbox, reader.Address, mailbox.Name, MailboxRights.All));

    internal async Task<IEnumerable<ReachedMailbox>> SharedAsync(MailboxReader reader) => await _access.SharedAsync(reader);

    internal async Task<IReadOnlySet<string>> SubscribedAsync(MailboxReader reader) =>
        (await _directory.SubscriptionsAsync(reader.AccountId)).ToHashSet(StringComparer.Ordinal);

    internal void SetOwners(AccountWatch watch, IReadOnlySet<long> owners)
    {
        lock (_watches)
        {
            if (watch.Sessions > 0)
                ChangeOwners(watch, owners);
        }
    }

    private void ChangeOwners(AccountWatch watch, IReadOnlySet<long> owners)
    {
        foreach (var account in owners.Except(watch.Owners))
        {
            if (!_byOwner.TryGetValue(account, out var watches))
                _byOwner.Add(account, watches = []);
            watches.Add(watch);
            _events?.Follow(account);
        }
        foreach (var account in watch.Owners.Except(owners))
        {
            _events?.Unfollow(account);
            var watches = _byOwner[account];
            watches.Remove(watch);
            if (watches.Count > 0)
                continue;
            _byOwner.Remove(account);
            _marks.Remove(account);
        }
        watch.Owners = owners;
    }

    private void Compare(long account, (long Count, long ModSeqs) mark)
    {
        lock (_watches)
        {
            var isKnown = _marks.TryGetValue(account, out var before);
            if (_byOwner.ContainsKey(account))
                _marks[account] = mark;
            if (!isKnown || before == mark)
                return;
        }
        OnResumed(account);
    }

    /// <summary>Events of the account may have been missed.</summary>
    private void OnResumed(long accountId)
    {
        foreach (var watch in InterestedIn(accountId))
            watch.CatchUp();
    }

    private AccountWatch[] InterestedIn(long accountId)
    {
        lock (_watches)
            return _byOwner.TryGetValue(accountId, out var watches) ? [.. watches] : [];
    }
}
