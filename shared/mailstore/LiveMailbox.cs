using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace MailMesh.Mailstore;

/// <summary>The newest snapshot of one mailbox, shared by the sessions that have selected it.</summary>
/// <param name="remembered">What earlier sessions left of it, to be brought up to date; null where all of it is to be loaded.</param>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no wait handle to free, and a late follower may still wait at it.")]
internal sealed class LiveMailbox(MailboxStore store, MailboxInfo mailbox, MailboxSnapshot? remembered = null)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly Lock _recent = new();
    private MailboxSnapshot? _current = remembered;
    private long _recentFrom;
    private long _toldUpTo;
    private TaskCompletionSource _changed = NewSignal();
    private bool _deleted;
    private int _events;
    private long _announced;

    public long MailboxId => mailbox.Id;

    public long AccountId => mailbox.AccountId;

    /// <summary>Sessions that hold this; counted under the registry's lock.</summary>
    public int Sessions { get; set; }

    /// <summary>Null where it could not be loaded.</summary>
    public MailboxSnapshot? Loaded => Volatile.Read(ref _current);

    /// <summary>Loaded before the first session gets it.</summary>
    public MailboxSnapshot Current => Volatile.Read(ref _current)!;

    /// <summary>The mailbox is gone; <see cref="Current"/> stays as it was last.</summary>
    public bool IsDeleted => Volatile.Read(ref _deleted);

    /// <summary>Completes at the next change after now.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>RFC 3501 §2.3.2: a message is \Recent to the first session that is told of it, so far as this process knows.</summary>
    /// <param name="from">The UID from which the database says so.</param>
    /// <param name="uidNext">Messages below are told to the session now.</param>
    /// <param name="claim">False for a read-only session, which leaves them \Recent to a later one.</param>
    /// <returns>Messages with this UID and above are \Recent to the session that asks.</returns>
    public long ClaimRecent(long from, long uidNext, bool claim)
    {
        lock (_recent)
        {
            from = Math.Max(from, _recentFrom);
            if (claim)
                _recentFrom = Math.Max(_recentFrom, uidNext);
            return from;
        }
    }

    /// <summary>Messages with this UID and above that a session here has been told of, which the database may not know yet.</summary>
    public int ClaimedFrom(long uid)
    {
        lock (_recent)
            return Loaded is { } shown && _recentFrom > uid ? shown.LowerBound(_recentFrom) - shown.LowerBound(uid) : 0;
    }

    /// <summary>The database knows that the messages below this UID were told: they are \Recent to no later session.</summary>
    public long ToldUpTo
    {
        get
        {
            lock (_recent)
                return _toldUpTo;
        }
    }

    public void TellUpTo(long uidNext)
    {
        lock (_recent)
            _toldUpTo = Math.Max(_toldUpTo, uidNext);
    }

    /// <summary>Catches up with the database as it is at some moment after this call began.</summary>
    public Task<MailboxSnapshot> RefreshAsync(CancellationToken cancellationToken = default) => RefreshAsync(long.MaxValue, cancellationToken);

    /// <summary>Catches up with a change that the caller has made: it need not be asked for where nothing else came before it.</summary>
    public async Task FollowAsync(MailboxChanges own)
    {
        if (!await TryApplyAsync(own))
            await RefreshAsync(own.HighestModSeq);
    }

    private async Task<bool> TryApplyAsync(MailboxChanges own)
    {
        await EnterAsync(CancellationToken.None);
        try
        {
            if (IsDeleted || _current is not { } current || current.HighestModSeq != own.HighestModSeq - 1)
                return false;
            Publish(current.Apply(own));
            return true;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>While the database hangs the sessions of a mailbox do not wait for one another as well.</summary>
    private async Task EnterAsync(CancellationToken cancellationToken)
    {
        if (!await _refreshing.WaitAsync(Patience, cancellationToken))
            throw new TimeoutException("The database takes too long to say what is in the mailbox.");
    }

    /// <summary>Catches up as far as this MODSEQ at least: there may be nothing to ask the database for.</summary>
    public async Task<MailboxSnapshot> RefreshAsync(long modSeq, CancellationToken cancellationToken = default)
    {
        await EnterAsync(cancellationToken);
        try
        {
            if (IsDeleted || _current?.HighestModSeq >= modSeq)
                return Current;
            if (_current is not { } current)
            {
                Volatile.Write(ref _current, MailboxSnapshot.From(await store.LoadAsync(mailbox.Id)));
                return Current;
            }
            var changes = await store.ChangesSinceAsync(mailbox.Id, current.HighestModSeq);
            if (changes.HighestModSeq > current.HighestModSeq)
                Publish(current.Apply(changes));
            return Current;
        }
        catch (MailboxException gone) when (gone.Refusal == MailboxRefusal.NonExistent && _current is not null)
        {
            Volatile.Write(ref _deleted, true);
            Signal();
            return Current;
        }
        finally
        {
            _refreshing.Release();
        }
    }

    /// <summary>Catches up in the background, once for all the events that come meanwhile.</summary>
    public void Follow(long modSeq)
    {
        if (Volatile.Read(ref _current) is { } current && current.HighestModSeq >= modSeq)
            return;
        Announce(modSeq);
        if (Interlocked.Increment(ref _events) == 1)
            _ = Task.Run(FollowAsync);
    }

    private void Announce(long modSeq)
    {
        for (var known = Volatile.Read(ref _announced); known < modSeq;)
        {
            var found = Interlocked.CompareExchange(ref _announced, modSeq, known);
            known = found == known ? modSeq : found;
        }
    }

    private async Task FollowAsync()
    {
        int seen;
        do
        {
            seen = Volatile.Read(ref _events);
            try
            {
                // A session may have caught up with its own change before its event came.
                await RefreshAsync(Interlocked.Exchange(ref _announced, 0), CancellationToken.None);
            }
            catch (Exception failure)
            {
                // The database is away: sessions hear of it at their next command, and the next event tries again.
                Debug.WriteLine(failure.Message);
            }
        }
        while (Interlocked.Add(ref _events, -seen) > 0);
    }

    private void Publish(MailboxSnapshot snapshot)
    {
        Volatile.Write(ref _current, snapshot);
        Signal();
    }

    private void Signal() => Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
