using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>What one reader sees of its mailboxes, kept up to date for those of its sessions here that asked to hear of changes.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore has no wait handle to free, and a late follower may still wait at it.")]
public sealed class AccountWatch
{
    /// <summary>Changes of annotations that are kept for sessions that are behind.</summary>
    private const int MaxMetadata = 100;

    private readonly AccountWatches _registry;
    private readonly SemaphoreSlim _refreshing = new(1, 1);
    private readonly Lock _state = new();
    private WatchedAccount? _current;
    private TaskCompletionSource _changed = NewSignal();
    private Looks _due;
    private bool _following;

    internal AccountWatch(AccountWatches registry, MailboxReader reader) => (_registry, Reader) = (registry, reader);

    [Flags]
    private enum Looks
    {
        None = 0,
        Own = 1,
        Shared = 2,
        Subscribed = 4,
        All = Own | Shared | Subscribed,
    }

    internal MailboxReader Reader { get; }

    /// <summary>Sessions that hold this; counted under the registry's lock.</summary>
    internal int Sessions { get; set; }

    /// <summary>Accounts whose events matter here; changed under the registry's lock.</summary>
    internal IReadOnlySet<long> Owners { get; set; } = new HashSet<long>();

    /// <summary>The newest there is here.</summary>
    public WatchedAccount Current => Volatile.Read(ref _current)!;

    /// <summary>Waits until there is something newer than what was told.</summary>
    public async Task WaitAsync(WatchedAccount told, CancellationToken cancellationToken)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task; // before the look, so that no change falls between
            if (!ReferenceEquals(Current, told))
                return;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Looks at everything now.</summary>
    public Task RefreshAsync() => LookAsync(Looks.All);

    internal void OnChanged(MailboxChanged change)
    {
        if (change.Entries.Count > 0)
            AddMetadata(change);
        else if (change.Listing)
            Follow(Looks.All);
        else if (Volatile.Read(ref _current) is not { } current || !current.Mailboxes.TryGetValue(change.MailboxId, out var known) || known.Mailbox.HighestModSeq < change.ModSeq)
            Follow(change.AccountId == Reader.AccountId ? Looks.Own : Looks.Shared);
    }

    /// <summary>Events may have been missed.</summary>
    internal void CatchUp() => Follow(Looks.All);

    /// <summary>Looks in the background, once for all the events that come meanwhile.</summary>
    private void Follow(Looks looks)
    {
        lock (_state)
        {
            _due |= looks;
            if (_following)
                return;
            _following = true;
        }
        _ = Task.Run(FollowAsync);
    }

    private async Task FollowAsync()
    {
        while (true)
        {
            Looks due;
            lock (_state)
            {
                (due, _due) = (_due, Looks.None);
                if (due == Looks.None)
                {
                    _following = false;
                    return;
                }
            }
            try
            {
                await LookAsync(due);
            }
            catch (Exception failure)
            {
                Debug.WriteLine(failure.Message); // the database is away: the next event, or the catch-up, looks again
            }
        }
    }

    private async Task LookAsync(Looks looks)
    {
        await _refreshing.WaitAsync();
        try
        {
            var before = Volatile.Read(ref _current);
            looks = before is null ? Looks.All : looks;
            var own = looks.HasFlag(Looks.Own) ? await _registry.OwnAsync(Reader) : before!.Mailboxes.Values.Where(m => m.IsOwn);
            var shared = looks.HasFlag(Looks.Shared) ? await _registry.SharedAsync(Reader) : before!.Mailboxes.Values.Where(m => !m.IsOwn);
            var subscribed = looks.HasFlag(Looks.Subscribed) ? await _registry.SubscribedAsync(Reader) : before!.Subscribed;
            var mailboxes = own.Concat(shared).ToDictionary(m => m.Mailbox.Id);
            if (looks.HasFlag(Looks.Shared))
                _registry.SetOwners(this, mailboxes.Values.Select(m => m.Mailbox.AccountId).Append(Reader.AccountId).ToHashSet());
            Publish(current => new WatchedAccount(mailboxes, subscribed, current?.Metadata ?? []));
        }
        finally
        {
            _refreshing.Release();
        }
    }

    private void AddMetadata(MailboxChanged change)
    {
        if (change.ReaderId != 0 && change.ReaderId != Reader.AccountId)
            return;
        Publish(current => current is null ? null : current with
        {
            Metadata = [.. current.Metadata.TakeLast(MaxMetadata - 1), new MetadataNews(current.LastMetadata + 1, change.MailboxId, change.Entries)],
        });
    }

    private void Publish(Func<WatchedAccount?, WatchedAccount?> next)
    {
        lock (_state)
            Volatile.Write(ref _current, next(_current));
        Interlocked.Exchange(ref _changed, NewSignal()).TrySetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
