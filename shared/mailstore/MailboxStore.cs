using System.Data.Common;
using MailMesh.Blobs;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>
/// The messages of mailboxes: reading, delivering, and every change that IMAP and POP3 make. Each change takes a new
/// MODSEQ, is durable when it returns, and is told to all sessions by <see cref="MailboxChanged"/>.
/// </summary>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxStore(MailDatabase database, IBlobStore blobs, IMessageBus bus, TimeProvider clock)
{
    private readonly DeliveryTransaction _delivery = new(clock);
    private readonly MessageIndexer _indexer = new(blobs);
    private readonly RecentContents _contents = new();

    /// <summary>The mailbox as it is now.</summary>
    public async Task<MailboxState> OpenAsync(long accountId, string name)
    {
        var mailbox = await FindSelectableAsync(accountId, name);
        return await LoadAsync(mailbox.Id);
    }

    /// <summary>Everything that changed after <paramref name="modSeq"/>: messages new or with new flags, and UIDs that went.</summary>
    public async Task<MailboxChanges> ChangesSinceAsync(long mailboxId, long modSeq)
    {
        if (await database.ReadAsync(session => ChangeQuery.RunAsync(session, mailboxId, modSeq)) is { } changes)
            return changes;
        var whole = await LoadAsync(mailboxId);
        return new MailboxChanges(whole.Mailbox.UidNext, whole.Mailbox.HighestModSeq, whole.Messages, []) { IsWholeMailbox = true };
    }

    /// <summary>
    /// UIDs that went after <paramref name="modSeq"/> and up to <paramref name="upTo"/>, ascending; null where the memory of them
    /// does not go back so far.
    /// </summary>
    public Task<IReadOnlyList<long>?> VanishedSinceAsync(long mailboxId, long modSeq, long upTo) => modSeq >= upTo
        ? Task.FromResult<IReadOnlyList<long>?>([])
        : database.ReadSnapshotAsync(async session =>
        {
            var swept = await session.ScalarAsync<long>("SELECT swept_mod_seq FROM mailboxes WHERE id = @id", ("@id", mailboxId));
            if (modSeq < swept)
                return null;
            var vanished = await session.QueryAsync(
                "SELECT uid FROM expunged WHERE mailbox_id = @id AND mod_seq > @since AND mod_seq <= @up_to",
                row => row.GetInt64(0), ("@id", mailboxId), ("@since", modSeq), ("@up_to", upTo));
            vanished.Sort();
            return (IReadOnlyList<long>?)vanished;
        });

    /// <summary>RFC 8514: when the messages of a range of UIDs came into the mailbox, by UID; absent where nobody wrote it down.</summary>
    public Task<IReadOnlyDictionary<long, DateTimeOffset>> SavedDatesAsync(long mailboxId, long first, long last) => database.ReadAsync(async session =>
    {
        var rows = await session.QueryAsync(
            "SELECT uid, saved_at FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last AND saved_at IS NOT NULL",
            row => (Uid: row.GetInt64(0), At: row.GetInt64(1)), ("@mailbox", mailboxId), ("@first", first), ("@last", last));
        return (IReadOnlyDictionary<long, DateTimeOffset>)rows.ToDictionary(row => row.Uid, row => DateTimeOffset.FromUnixTimeMilliseconds(row.At));
    });

    /// <summary>What messages consist of, in the order of <paramref name="contentIds"/>; one that went is absent.</summary>
    public async Task<IReadOnlyList<MessageContent>> ContentsAsync(IReadOnlyList<long> contentIds)
    {
        var contents = await database.ReadAsync(session => ReadContentsAsync(session, contentIds));
        return InOrder(contentIds, contents.ToDictionary(content => content.Id));
    }

    /// <summary>The same from memory where it is there, for clients that look at the same messages again and again; one that went may be there still.</summary>
    public async Task<IReadOnlyList<MessageContent>> RememberedContentsAsync(IReadOnlyList<long> contentIds)
    {
        var known = _contents.Find(contentIds);
        var missing = contentIds.Where(id => !known.ContainsKey(id)).ToList();
        if (missing.Count > 0)
        {
            var read = await database.ReadAsync(session => ReadContentsAsync(session, missing));
            _contents.Add(read);
            foreach (var content in read)
                known[content.Id] = content;
        }
        return InOrder(contentIds, known);
    }

    /// <summary>What lists of messages are ordered by, in no order; one that went is absent.</summary>
    /// <param name="withReferences">Each has its references, even where that takes reading the message's header.</param>
    public async Task<IReadOnlyList<MessageHeading>> HeadingsAsync(IReadOnlyList<long> contentIds, bool withReferences = false)
    {
        var headings = new MessageHeadings(database, this);
        return withReferences ? await headings.ReadWithReferencesAsync(contentIds) : await headings.ReadAsync(contentIds);
    }

    /// <summary>A message from <paramref name="offset"/>: header prefix and body as one.</summary>
    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async ValueTask<Stream> OpenMessageAsync(MessageContent content, long offset = 0, CancellationToken cancellationToken = default)
    {
        var prefix = content.HeaderPrefix.AsMemory((int)Math.Min(offset, content.HeaderPrefix.Length));
        var body = await OpenBodyAsync(content, Math.Max(0, offset - content.HeaderPrefix.Length), cancellationToken);
        return prefix.IsEmpty ? body : new PrefixedStream(prefix, body);
    }

    /// <summary>RFC 8970: reads the beginning of a message's text, and keeps it for the next time.</summary>
    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public async Task<string> ReadPreviewAsync(MessageContent content)
    {
        await using var message = await OpenMessageAsync(content);
        var preview = await MessageIndexer.ReadPreviewAsync(content, message);
        _contents.Add([content with { Preview = preview }]);
        await database.WriteAsync(session =>
            session.ExecuteAsync("UPDATE contents SET preview = @preview WHERE id = @id AND preview IS NULL", ("@preview", preview), ("@id", content.Id)));
        return preview;
    }

    /// <summary>Reads and parses a judged message's body: before a transaction and beside others, so that no delivery waits for another's body.</summary>
    /// <exception cref="BlobException">The body is missing or damaged.</exception>
    public Task<JudgedContent> IndexAsync(DeliverMessage message) => _indexer.IndexAsync(message);

    /// <summary>Delivers judged messages to their accounts in one transaction; idempotent by (message id, recipient).</summary>
    /// <returns>For each command, the recipients and where the message went; a recipient delivered before is marked so.</returns>
    public async Task<IReadOnlyList<DeliveryOutcome>> DeliverAsync(IReadOnlyList<JudgedContent> messages)
    {
        var result = await database.WriteAsync(session => _delivery.RunAsync(session, messages));
        await MailboxEvents.PublishAsync(bus, result.Changed);
        return result.Outcomes;
    }

    /// <summary>IMAP APPEND: the body is in the blob store already.</summary>
    public async Task<AppendedMessage> AppendAsync(long mailboxId, NewMessage message)
    {
        var appended = await AppendAsync(mailboxId, [message]);
        return new AppendedMessage(appended.UidValidity, appended.Uids[0]);
    }

    /// <summary>RFC 3502: several messages, all or none; they get UIDs in their order.</summary>
    public async Task<AppendedMessages> AppendAsync(long mailboxId, IReadOnlyList<NewMessage> messages) =>
        AppendedMessages.Of((await AppendRowsAsync(new AppendTarget(mailboxId), messages)).Mailbox, messages.Count);

    /// <summary>RFC 8508: appends a message and removes another one in the same step; null, and nothing changed, where that one is gone.</summary>
    public async Task<AppendedMessages?> ReplaceAsync(long mailboxId, long uid, long targetId, NewMessage message)
    {
        var contents = await IndexAsync([message]);
        var now = clock.GetUtcNow();
        var changed = await database.WriteAsync(session => AppendTransaction.ReplaceAsync(session, (mailboxId, uid), targetId, (message, contents[0]), now));
        if (changed is not var (target, source))
            return null;
        await MailboxEvents.PublishAsync(bus, MessageRows.Event(target), MessageRows.Event(source));
        return AppendedMessages.Of(target, 1);
    }

    /// <summary>What a message of a mailbox consists of; null where there is none.</summary>
    public async Task<MessageContent?> FindContentAsync(long mailboxId, long uid)
    {
        var id = await database.ReadAsync(session => session.ScalarAsync<long>(
            "SELECT content_id FROM messages WHERE mailbox_id = @mailbox AND uid = @uid", ("@mailbox", mailboxId), ("@uid", uid)));
        return id > 0 && await ContentsAsync([id]) is [var content] ? content : null;
    }

    /// <summary>Changes flags of the messages that still exist.</summary>
    /// <param name="uids">Ascending.</param>
    /// <param name="unchangedSince">RFC 7162 §3.1.3: only of those whose MODSEQ is no higher.</param>
    /// <returns>The UIDs whose MODSEQ was higher, ascending.</returns>
    public async Task<IReadOnlyList<long>> StoreFlagsAsync(long mailboxId, IReadOnlyList<long> uids, FlagChange change, long? unchangedSince = null) =>
        await StoreFlagsAsync(mailboxId, uids, change, unchangedSince, live: null);

    /// <summary>Copies messages; refused where they do not fit the account's quota. Gives old and new UIDs (RFC 4315 COPYUID). All or nothing.</summary>
    /// <param name="uids">Ascending; those that went meanwhile are left out.</param>
    public async Task<CopiedMessages> CopyAsync(long sourceId, IReadOnlyList<long> uids, long accountId, string target) =>
        await CopyAsync(sourceId, uids, new CopyTarget(await FindSelectableAsync(accountId, target), SettableFlags.All));

    /// <inheritdoc cref="CopyAsync(long, IReadOnlyList{long}, long, string)"/>
    public async Task<CopiedMessages> CopyAsync(long sourceId, IReadOnlyList<long> uids, CopyTarget target)
    {
        var mailbox = target.Mailbox;
        var (advanced, existing) = await database.WriteAsync(async session =>
        {
            var room = await Quota.RoomAsync(session, mailbox.AccountId);
            await MailboxRows.LockAsync(session, sourceId, mailbox.Id);
            var found = await MessageRows.ExistingAsync(session, sourceId, uids);
            if (room?.Fits(found.Sum(m => m.Size), found.Count) == false)
                throw Quota.Reached();
            return (found.Count == 0 ? null : await MessageRows.CopyAsync(session, sourceId, target, found, clock.GetUtcNow()), found);
        });
        if (advanced is null)
            return new CopiedMessages(mailbox.UidValidity, [], []);
        await MailboxEvents.PublishAsync(bus, MessageRows.Event(advanced));
        return Copied(advanced, existing);
    }

    /// <summary>RFC 6851: copies and removes in one transaction.</summary>
    /// <param name="uids">Ascending; those that went meanwhile are left out.</param>
    public async Task<CopiedMessages> MoveAsync(long sourceId, IReadOnlyList<long> uids, long accountId, string target) =>
        await MoveAsync(sourceId, uids, new CopyTarget(await FindSelectableAsync(accountId, target), SettableFlags.All));

    /// <inheritdoc cref="MoveAsync(long, IReadOnlyList{long}, long, string)"/>
    public async Task<CopiedMessages> MoveAsync(long sourceId, IReadOnlyList<long> uids, CopyTarget target)
    {
        var mailbox = target.Mailbox;
        var (advanced, existing, changed) = await database.WriteAsync(async session =>
        {
            var room = await MovingRoomAsync(session, sourceId, mailbox.AccountId);
            await MailboxRows.LockAsync(session, sourceId, mailbox.Id);
            var found = await MessageRows.ExistingAsync(session, sourceId, uids);
            if (found.Count == 0)
                return (null, found, []);
            if (room?.Fits(found.Sum(m => m.Size), found.Count) == false)
                throw Quota.Reached();
            var (moved, events) = await MessageRows.MoveAsync(session, sourceId, target, found, clock.GetUtcNow());
            return ((MailboxAdvance?)moved, found, events);
        });
        if (advanced is null)
            return new CopiedMessages(mailbox.UidValidity, [], []);
        await MailboxEvents.PublishAsync(bus, changed);
        return Copied(advanced, existing);
    }

    /// <summary>Removes those of the messages that have \Deleted, or all of them when <paramref name="evenWithoutDeleted"/>; gives the UIDs that went.</summary>
    /// <param name="uids">Ascending.</param>
    public async Task<IReadOnlyList<long>> ExpungeAsync(long mailboxId, IReadOnlyList<long> uids, bool evenWithoutDeleted = false) =>
        await RemoveAsync(mailboxId, uids, evenWithoutDeleted ? SystemFlags.None : SystemFlags.Deleted);

    /// <inheritdoc cref="AppendAsync(long, IReadOnlyList{NewMessage})"/>
    /// <param name="live">The session has the mailbox selected.</param>
    internal async Task<AppendedRows> AppendRowsAsync(AppendTarget target, IReadOnlyList<NewMessage> messages, LiveMailbox? live = null)
    {
        var contents = await IndexAsync(messages);
        var now = clock.GetUtcNow();
        var appended = messages.Count == 1 && !database.IsExclusive
            ? await database.WriteScriptAsync(target.MailboxId, run => AppendTransaction.RunScriptAsync(run, target, messages[0], contents[0], now))
            : null;
        appended ??= await database.WriteAsync(session => AppendTransaction.RunAsync(session, target, messages, contents, now));
        _contents.Add([.. contents.Select((content, i) => content.ToContent(appended.Messages[i].ContentId))]);
        await TellAsync(live, appended.Mailbox, appended.Mailbox.Changes(appended.Messages, []));
        return appended;
    }

    /// <inheritdoc cref="StoreFlagsAsync"/>
    /// <param name="live">The session has the mailbox selected: it has the change then.</param>
    internal async Task<IReadOnlyList<long>> StoreFlagsAsync(long mailboxId, IReadOnlyList<long> uids, FlagChange change, long? unchangedSince, LiveMailbox? live)
    {
        if (uids.Count == 0)
            return [];
        KeywordText.From(change.Keywords); // a refusal before anything changes
        var (stored, refused) = !database.IsExclusive && unchangedSince is null && FlagUpdate.IsScript(uids, change)
            ? (await database.WriteScriptAsync(mailboxId, run => FlagUpdate.RunScriptAsync(run, mailboxId, uids, change)), [])
            : await database.WriteAsync(session => FlagUpdate.RunAsync(session, mailboxId, uids, change, unchangedSince));
        if (stored is var (mailbox, changed))
            await TellAsync(live, mailbox, mailbox.Changes(changed, []));
        else
            await database.ReadAsync(session => SelectableAsync(session, mailboxId)); // there was nothing to change, or nothing there
        if (stored is null && live is not null)
            await live.RefreshAsync(); // that the messages are as they are to be may be new here
        return refused;
    }

    /// <summary>Removes those of the messages that have the flags.</summary>
    /// <param name="uids">Ascending.</param>
    /// <param name="live">The session has the mailbox selected: it is without them then.</param>
    /// <returns>UIDs that went.</returns>
    internal async Task<IReadOnlyList<long>> RemoveAsync(long mailboxId, IReadOnlyList<long> uids, SystemFlags required, LiveMailbox? live = null)
    {
        if (uids.Count == 0)
            return [];
        var now = clock.GetUtcNow();
        var removed = !database.IsExclusive && ExpungeTransaction.IsScript(uids)
            ? await database.WriteScriptAsync(mailboxId, run => ExpungeTransaction.RunScriptAsync(run, mailboxId, uids, required, now))
            : await database.WriteAsync(session => ExpungeTransaction.RunAsync(session, mailboxId, uids, required, now));
        if (removed is var (mailbox, vanished))
        {
            await TellAsync(live, mailbox, mailbox.Changes([], vanished));
            return vanished;
        }
        if (live is not null)
            await live.RefreshAsync();
        return [];
    }

    /// <summary>Whoever made the change has it before its event comes, and need not ask for it.</summary>
    private async Task TellAsync(LiveMailbox? live, MailboxAdvance mailbox, MailboxChanges changes)
    {
        try
        {
            if (live is not null)
                await live.FollowAsync(changes);
        }
        finally
        {
            await MailboxEvents.PublishAsync(bus, MessageRows.Event(mailbox));
        }
    }

    private async Task<List<IndexedContent>> IndexAsync(IReadOnlyList<NewMessage> messages)
    {
        var contents = new List<IndexedContent>(messages.Count);
        foreach (var message in messages)
            contents.Add(await _indexer.IndexAsync(Guid.NewGuid().ToString("N"), message.Blob, message.Size, [], message.IsInternational));
        return contents;
    }

    /// <summary>The mailbox, when a session may select it.</summary>
    internal async Task<MailboxInfo> FindSelectableAsync(long accountId, string name)
    {
        name = MailboxName.Normalize(name);
        var mailbox = await MailboxRows.FindAsync(database, accountId, name);
        if (mailbox is null)
        {
            mailbox = await database.WriteAsync(async session =>
                await MailboxRows.EnsureDefaultsAsync(session, accountId, clock.GetUtcNow()) ? await MailboxRows.FindAsync(session, accountId, name) : null);
        }
        return mailbox is { NoSelect: false } ? mailbox : throw MailboxRows.Missing();
    }

    /// <summary>Makes the messages of now \Recent to no later session; gives the UID from which they were so until now, and the one from which later ones are.</summary>
    internal Task<(long Before, long After)> ClaimRecentAsync(long mailboxId) => database.WriteAsync(async session =>
    {
        await MailboxRows.LockAsync(session, mailboxId);
        var mailbox = await MailboxRows.FindAsync(session, mailboxId) ?? throw MailboxRows.Missing();
        if (mailbox.RecentUid < mailbox.UidNext)
            await ForgetRecentAsync(session, mailboxId);
        return (mailbox.RecentUid, mailbox.UidNext);
    });

    /// <summary>Makes the messages of now \Recent to no later session.</summary>
    internal Task ForgetRecentAsync(long mailboxId) => database.WriteAsync(session => ForgetRecentAsync(session, mailboxId));

    /// <summary>The UID from which messages are \Recent.</summary>
    internal async Task<long> RecentFromAsync(long mailboxId) =>
        (await database.ReadAsync(session => MailboxRows.FindAsync(session, mailboxId)) ?? throw MailboxRows.Missing()).RecentUid;

    /// <summary>HIGHESTMODSEQ of mailboxes that other processes change too; one that is gone is absent.</summary>
    internal Task<List<(long Id, long ModSeq)>> HighestModSeqsAsync(long[] mailboxIds) => database.ReadAsync(session => session.QueryAsync(
        "SELECT id, highest_mod_seq FROM mailboxes WHERE id = ANY(@ids)", row => (row.GetInt64(0), row.GetInt64(1)), ("@ids", mailboxIds)));

    internal Task<MailboxState> LoadAsync(long mailboxId) => database.ReadSnapshotAsync(async session =>
        new MailboxState(await SelectableAsync(session, mailboxId), await MessagesAsync(session, mailboxId)));

    /// <summary>What the account has room for, when messages come from another one: within an account a move takes none.</summary>
    private static async Task<QuotaRoom?> MovingRoomAsync(DatabaseSession session, long sourceId, long accountId)
    {
        var source = await MailboxRows.FindAsync(session, sourceId) ?? throw MailboxRows.Missing();
        return source.AccountId == accountId ? null : await Quota.RoomAsync(session, accountId);
    }

    private static async Task<MailboxInfo> SelectableAsync(DatabaseSession session, long mailboxId) =>
        await MailboxRows.FindAsync(session, mailboxId) is { NoSelect: false } mailbox ? mailbox : throw MailboxRows.Missing();

    private async ValueTask<Stream> OpenBodyAsync(MessageContent content, long offset, CancellationToken cancellationToken)
    {
        try
        {
            return await blobs.OpenAsync(content.Blob, offset, cancellationToken);
        }
        catch (BlobException)
        {
            // Its pack may have been sparse: the body has moved since the row was read, so long ago that the pack is gone.
            if (await database.ReadAsync(session => ReadContentsAsync(session, [content.Id])) is not [var moved] || moved.Blob == content.Blob)
                throw;
            _contents.Add([moved]);
            return await blobs.OpenAsync(moved.Blob, offset, cancellationToken);
        }
    }

    private static List<MessageContent> InOrder(IReadOnlyList<long> ids, Dictionary<long, MessageContent> contents) =>
        [.. ids.Select(contents.GetValueOrDefault).OfType<MessageContent>()];

    /// <summary>In no order, each once.</summary>
    private static async Task<List<MessageContent>> ReadContentsAsync(DatabaseSession session, IReadOnlyList<long> ids)
    {
        const string Columns = "id, message_id, blob, blob_size, header_prefix, envelope, structure, preview";
        if (session.IsShared)
            return await session.QueryAsync($"SELECT {Columns} FROM contents WHERE id = ANY(@ids)", ReadContent, ("@ids", ids.ToArray())); // one round trip: they are what costs here
        var contents = new List<MessageContent>(ids.Count);
        foreach (var id in ids.Distinct())
        {
            if (await session.FirstAsync($"SELECT {Columns} FROM contents WHERE id = @id", ReadContent, ("@id", id)) is { } content)
                contents.Add(content);
        }
        return contents;
    }

    private static MessageContent ReadContent(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt64(3),
        row.GetFieldValue<byte[]>(4), row.GetFieldValue<byte[]>(5), row.GetFieldValue<byte[]>(6))
    {
        Preview = row.IsDBNull(7) ? null : row.GetString(7),
    };

    private static async Task<MailboxMessage[]> MessagesAsync(DatabaseSession session, long mailboxId) =>
        [.. await session.QueryAsync($"SELECT {MessageRows.Columns} FROM messages WHERE mailbox_id = @id ORDER BY uid", MessageRows.Read, ("@id", mailboxId))];

    private static Task<int> ForgetRecentAsync(DatabaseSession session, long mailboxId) =>
        session.ExecuteAsync("UPDATE mailboxes SET recent_uid = uid_next WHERE id = @id AND recent_uid < uid_next", ("@id", mailboxId));

    private static CopiedMessages Copied(MailboxAdvance target, List<SizedMessage> sources) => new(
        target.UidValidity, [.. sources.Select(m => m.Uid)], [.. sources.Select((_, i) => target.UidNext - sources.Count + i)]);
}
