using System.Data.Common;
using System.Diagnostics;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>
/// The selected mailboxes of this process: one live snapshot a mailbox, shared by its sessions, loaded for the first
/// and remembered for a while after the last.
/// </summary>
public sealed class MailboxSnapshots
{
    private const int MailboxesOfQuery = 5_000;

    private readonly Dictionary<long, LiveMailbox> _live = [];
    private readonly MailboxStore _store;
    private readonly IAccountEvents? _events;
    private readonly RememberedSnapshots _remembered;

    /// <param name="events">Told which accounts have selected mailboxes here; null where every event comes anyway.</param>
    public MailboxSnapshots(MailboxStore store, IAccountEvents? events = null, MailboxSnapshotOptions? options = null)
    {
        _remembered = new RememberedSnapshots((options ?? new MailboxSnapshotOptions()).RememberedMessages);
        _store = store;
        _events = events;
        if (events is not null)
            events.Resumed += OnResumed;
    }

    internal MailboxStore Store => _store;

    /// <summary>Mailboxes that sessions have selected now.</summary>
    public int Count
    {
        get
        {
            lock (_live)
                return _live.Count;
        }
    }

    /// <summary>Selects a mailbox for one session; the result is as the database is now, or was when the mailbox was read.</summary>
    /// <param name="readOnly">EXAMINE: \Recent stays for a later session.</param>
    /// <exception cref="MailboxException">No such mailbox, or it cannot be selected.</exception>
    public async Task<SelectedMailbox> OpenAsync(long accountId, string name, bool readOnly = false) =>
        await OpenAsync(await _store.FindSelectableAsync(accountId, name), readOnly);

    /// <inheritdoc cref="OpenAsync(long, string, bool)"/>
    public async Task<SelectedMailbox> OpenAsync(MailboxInfo mailbox, bool readOnly = false)
    {
        var live = Rent(mailbox);
        try
        {
            await live.RefreshAsync(mailbox.HighestModSeq);
            var recent = await RecentAsync(mailbox, live, readOnly);
            return new SelectedMailbox(this, live, recent, readOnly);
        }
        catch
        {
            Return(live);
            throw;
        }
    }

    /// <summary>RFC 3501 §2.3.2: messages that the database counts as \Recent, and that a session of this process has been told of.</summary>
    public int ClaimedRecent(MailboxInfo mailbox)
    {
        lock (_live)
            return _live.TryGetValue(mailbox.Id, out var live) ? live.ClaimedFrom(mailbox.RecentUid) : 0;
    }

    /// <summary>What STATUS tells, where the mailbox is known here as it is now; otherwise null, and the database is to be asked.</summary>
    /// <param name="mailbox">As it was read just now.</param>
    public MailboxStatus? StatusOf(MailboxInfo mailbox)
    {
        MailboxSnapshot? known;
        lock (_live)
            known = _live.GetValueOrDefault(mailbox.Id)?.Loaded ?? _remembered.Find(mailbox.Id);
        return known is not null && known.Mailbox.IsSameAs(mailbox) && known.HighestModSeq == mailbox.HighestModSeq && known.UidNext == mailbox.UidNext
            ? known.Status(mailbox)
            : null;
    }

    /// <summary>Moves the mailbox's snapshot forward in the background; nothing where no session here has selected it.</summary>
    public void OnMailboxChanged(MailboxChanged change)
    {
        LiveMailbox? live;
        lock (_live)
        {
            live = _live.GetValueOrDefault(change.MailboxId);
            if (live is null)
                _remembered.Announce(change.MailboxId, change.ModSeq);
        }
        live?.Follow(change.ModSeq);
    }

    /// <summary>Asks the database which of the mailboxes here have moved on or are gone, and has their snapshots follow: the net under events that are lost.</summary>
    /// <remarks>Only for a database that other processes change too: on one of our own no event is lost.</remarks>
    public async Task CatchUpAsync()
    {
        LiveMailbox[] all;
        lock (_live)
            all = [.. _live.Values];
        foreach (var some in all.Chunk(MailboxesOfQuery))
        {
            var newest = (await _store.HighestModSeqsAsync(Array.ConvertAll(some, live => live.MailboxId))).ToDictionary(row => row.Id, row => row.ModSeq);
            foreach (var live in some)
                live.Follow(newest.GetValueOrDefault(live.MailboxId, long.MaxValue));
        }
    }

    /// <param name="claimed">The session had claimed the messages below this UID when it began.</param>
    internal async ValueTask CloseAsync(LiveMailbox live, bool readOnly, long claimed)
    {
        Return(live);
        if (readOnly || live.IsDeleted || live.Current.UidNext <= Math.Max(claimed, live.ToldUpTo))
            return;
        try
        {
            // RFC 3501 §2.3.2: what this session was told of is recent to no later one.
            await _store.ForgetRecentAsync(live.MailboxId);
        }
        catch (Exception failure) when (failure is MailboxException or DbException or ObjectDisposedException || DatabaseFaults.IsPassing(failure))
        {
            Debug.WriteLine(failure.Message); // \Recent is a hint: a session does not fail at its end over it
        }
    }

    /// <summary>RFC 3501 §2.3.2: from which UID messages are \Recent to a session that begins, and from which they will be to the next.</summary>
    private async Task<(long From, long Claimed)> RecentAsync(MailboxInfo mailbox, LiveMailbox live, bool readOnly)
    {
        // Nobody has anything to claim, and nothing came since that was read.
        if (mailbox.RecentUid >= mailbox.UidNext && live.Current.UidNext == mailbox.UidNext)
            return (mailbox.RecentUid, mailbox.RecentUid);
        return readOnly ? (await _store.RecentFromAsync(mailbox.Id), 0) : await _store.ClaimRecentAsync(mailbox.Id);
    }

    /// <summary>Events of the account may have been missed: its snapshots look for themselves.</summary>
    private void OnResumed(long accountId)
    {
        LiveMailbox[] missed;
        lock (_live)
            missed = [.. _live.Values.Where(live => live.AccountId == accountId)];
        foreach (var live in missed)
            live.Follow(long.MaxValue);
    }

    private LiveMailbox Rent(MailboxInfo mailbox)
    {
        lock (_live)
        {
            if (!_live.TryGetValue(mailbox.Id, out var live))
            {
                var announced = _remembered.AnnouncedOf(mailbox.Id);
                _live.Add(mailbox.Id, live = new LiveMailbox(_store, mailbox, _remembered.Take(mailbox)));
                if (announced > 0)
                    live.Follow(announced);
                _events?.Follow(live.AccountId);
            }
            live.Sessions++;
            return live;
        }
    }

    private void Return(LiveMailbox live)
    {
        lock (_live)
        {
            if (--live.Sessions > 0)
                return;
            _live.Remove(live.MailboxId);
            if (live is { IsDeleted: false, Loaded: { } snapshot })
                _remembered.Add(snapshot);
            _events?.Unfollow(live.AccountId);
        }
    }
}
