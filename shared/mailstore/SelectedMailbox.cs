namespace MailMesh.Mailstore;

/// <summary>One session's hold on a selected mailbox. Disposing it gives up the shared snapshot.</summary>
/// <remarks>
/// A session keeps the <see cref="MailboxSnapshot"/> that it has shown its client, and at each place where RFC 3501 lets
/// it, moves to <see cref="Current"/> by <see cref="MailboxSnapshot.Diff"/>.
/// </remarks>
public sealed class SelectedMailbox : IAsyncDisposable
{
    private readonly MailboxSnapshots _registry;
    private readonly LiveMailbox _live;
    private readonly long _claimed;
    private int _disposed;

    internal SelectedMailbox(MailboxSnapshots registry, LiveMailbox live, (long From, long Claimed) recent, bool readOnly)
    {
        _registry = registry;
        _live = live;
        (RecentFrom, _claimed) = recent;
        IsReadOnly = readOnly;
    }

    /// <summary>The newest snapshot this process has.</summary>
    public MailboxSnapshot Current => _live.Current;

    /// <summary>
    /// Messages with this UID and above were \Recent when the session began (RFC 3501 §2.3.2): those that came after the last
    /// session that had the mailbox read-write was told of its messages. What is so now says <see cref="ClaimRecent"/>.
    /// </summary>
    public long RecentFrom { get; }

    /// <summary>The client is told of the messages below this UID now; those from the result on are \Recent in this session.</summary>
    public long ClaimRecent(long uidNext) => _live.ClaimRecent(RecentFrom, uidNext, claim: !IsReadOnly);

    public bool IsReadOnly { get; }

    /// <summary>The mailbox was deleted under the session; <see cref="Current"/> stays as it was.</summary>
    public bool IsDeleted => _live.IsDeleted;

    /// <summary>Catches up with the database now: after own changes, and at NOOP and CHECK.</summary>
    public Task<MailboxSnapshot> RefreshAsync(CancellationToken cancellationToken = default) => _live.RefreshAsync(cancellationToken);

    /// <summary>STORE, after which <see cref="Current"/> has it.</summary>
    /// <inheritdoc cref="MailboxStore.StoreFlagsAsync(long, IReadOnlyList{long}, FlagChange, long?)"/>
    public Task<IReadOnlyList<long>> StoreFlagsAsync(IReadOnlyList<long> uids, FlagChange change, long? unchangedSince = null) =>
        _registry.Store.StoreFlagsAsync(_live.MailboxId, uids, change, unchangedSince, _live);

    /// <summary>Removes those of the messages that have \Deleted; <see cref="Current"/> is without them then.</summary>
    /// <param name="uids">Ascending.</param>
    /// <returns>Whether any went.</returns>
    public async Task<bool> ExpungeAsync(IReadOnlyList<long> uids) => (await _registry.Store.RemoveAsync(_live.MailboxId, uids, SystemFlags.Deleted, _live)).Count > 0;

    /// <summary>APPEND to this mailbox, after which <see cref="Current"/> has the messages.</summary>
    /// <inheritdoc cref="MailboxStore.AppendAsync(long, IReadOnlyList{NewMessage})"/>
    /// <param name="name">The mailbox is refused where it no longer has it.</param>
    public async Task<AppendedMessages> AppendAsync(string name, IReadOnlyList<NewMessage> messages)
    {
        var target = new AppendTarget(_live.MailboxId, name) { IsTold = !IsReadOnly };
        var (mailbox, _) = await _registry.Store.AppendRowsAsync(target, messages, _live);
        if (mailbox.RecentUid == mailbox.UidNext)
            _live.TellUpTo(mailbox.UidNext);
        return AppendedMessages.Of(mailbox, messages.Count);
    }

    /// <summary>Waits, as IDLE does, until there is a newer snapshot than <paramref name="shown"/> or the mailbox is deleted.</summary>
    public async Task<MailboxSnapshot> WaitForChangeAsync(MailboxSnapshot shown, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var changed = _live.Changed; // before the look, so that no change falls between
            if (IsDeleted || Current.HighestModSeq > shown.HighestModSeq)
                return Current;
            await changed.WaitAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() =>
        Interlocked.Exchange(ref _disposed, 1) == 0 ? _registry.CloseAsync(_live, IsReadOnly, _claimed) : ValueTask.CompletedTask;
}
