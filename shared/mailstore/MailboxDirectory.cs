using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>The mailbox names of an account: hierarchy, subscriptions, special uses, counters.</summary>
/// <remarks>Names are UTF-8 with '/' between levels; INBOX in any case is INBOX. Every account has INBOX, Drafts, Sent, Junk, Trash and Archive from its first use.</remarks>
/// <exception cref="MailboxException">Thrown by any member for a refusal that a session answers with NO.</exception>
public sealed class MailboxDirectory(MailDatabase database, IMessageBus bus, TimeProvider clock)
{
    /// <summary>Far above any person's folders; bounds what LIST must send.</summary>
    public const int MaxMailboxes = 10_000;

    /// <summary>Counts kept for mailboxes that have not moved since: clients ask for the STATUS of every mailbox at each poll.</summary>
    private const int MaxCounts = 20_000;

    private readonly ConcurrentDictionary<long, MailboxStatus> _counts = new();

    /// <summary>Every mailbox of the account, ordered by name, INBOX first.</summary>
    public async Task<IReadOnlyList<MailboxInfo>> ListAsync(long accountId)
    {
        var mailboxes = await database.ReadAsync(session => MailboxRows.ListAsync(session, accountId));
        if (mailboxes.Count == 0)
        {
            await EnsureDefaultsAsync(accountId);
            mailboxes = await database.ReadAsync(session => MailboxRows.ListAsync(session, accountId));
        }
        return Ordered(mailboxes);
    }

    internal static List<MailboxInfo> Ordered(List<MailboxInfo> mailboxes)
    {
        mailboxes.Sort((a, b) => a.Name == b.Name ? 0 : a.Name == MailboxName.Inbox ? -1 : b.Name == MailboxName.Inbox ? 1 : string.CompareOrdinal(a.Name, b.Name));
        return mailboxes;
    }

    public async Task<MailboxInfo?> FindAsync(long accountId, string name)
    {
        name = MailboxName.Normalize(name);
        var mailbox = await MailboxRows.FindAsync(database, accountId, name);
        if (mailbox is not null || !await EnsureDefaultsAsync(accountId))
            return mailbox;
        return await MailboxRows.FindAsync(database, accountId, name);
    }

    /// <summary>RFC 3501 §6.3.3; missing superiors are made too.</summary>
    public async Task<MailboxInfo> CreateAsync(long accountId, string name, string? specialUse = null)
    {
        // RFC 3501 §6.3.3: a separator at the end says that inferiors will follow, and makes the name without it.
        name = ComposedName.Of(MailboxName.Normalize(name.EndsWith('/') ? name[..^1] : name));
        RequireOwn(name);
        var created = await database.WriteAsync(async session =>
        {
            await RequireAccountAsync(session, accountId);
            await CreateSuperiorsAsync(session, accountId, name);
            var mailbox = await MailboxRows.FindAsync(session, accountId, name);
            if (mailbox is null)
                return await InsertAsync(session, accountId, name, specialUse);
            if (!mailbox.NoSelect)
                throw new MailboxException(MailboxRefusal.AlreadyExists, "The mailbox exists.");
            var uidValidity = await MailboxRows.NextUidValidityAsync(session, accountId, clock.GetUtcNow());
            await session.ExecuteAsync(
                "UPDATE mailboxes SET no_select = FALSE, uid_validity = @validity, special_use = @use WHERE id = @id",
                ("@id", mailbox.Id), ("@validity", uidValidity), ("@use", specialUse));
            return mailbox with { NoSelect = false, UidValidity = uidValidity, SpecialUse = specialUse };
        });
        await MailboxEvents.PublishListingAsync(bus, accountId);
        return created;
    }

    /// <summary>RFC 3501 §6.3.4: a mailbox with inferiors keeps its name as \Noselect; INBOX cannot go.</summary>
    public async Task DeleteAsync(long accountId, string name)
    {
        name = MailboxName.Normalize(name);
        if (name == MailboxName.Inbox)
            throw new MailboxException(MailboxRefusal.Cannot, "INBOX cannot be deleted.");
        var deleted = await database.WriteAsync(async session =>
        {
            await RequireAccountAsync(session, accountId);
            var mailbox = await MailboxRows.FindAsync(session, accountId, name) ?? throw MailboxRows.Missing();
            if (!await HasInferiorsAsync(session, accountId, mailbox.Name))
            {
                await session.ExecuteAsync("DELETE FROM mailboxes WHERE id = @id", ("@id", mailbox.Id));
                return mailbox;
            }
            if (mailbox.NoSelect)
                throw new MailboxException(MailboxRefusal.HasChildren, "The name holds the place of mailboxes below it.");
            await MailboxRows.LockAsync(session, mailbox.Id);
            await session.ExecuteAsync("DELETE FROM messages WHERE mailbox_id = @id", ("@id", mailbox.Id));
            await session.ExecuteAsync("DELETE FROM expunged WHERE mailbox_id = @id", ("@id", mailbox.Id));
            await session.ExecuteAsync("DELETE FROM mailbox_rights WHERE mailbox_id = @id", ("@id", mailbox.Id));
            await session.ExecuteAsync("DELETE FROM mailbox_annotations WHERE mailbox_id = @id", ("@id", mailbox.Id));
            await session.ExecuteAsync("UPDATE mailboxes SET no_select = TRUE, special_use = NULL, messages = 0, size_bytes = 0 WHERE id = @id", ("@id", mailbox.Id));
            return mailbox;
        });
        _counts.TryRemove(deleted.Id, out _);
        await MailboxEvents.PublishAsync(bus, new MailboxChanged { AccountId = accountId, MailboxId = deleted.Id, ModSeq = deleted.HighestModSeq + 1, Listing = true });
    }

    /// <summary>RFC 3501 §6.3.5: inferiors move along; renaming INBOX moves its messages.</summary>
    /// <returns>Both names as they are kept.</returns>
    public async Task<(string From, string To)> RenameAsync(long accountId, string from, string to)
    {
        from = MailboxName.Normalize(from);
        to = ComposedName.Of(MailboxName.Normalize(to));
        RequireOwn(to);
        if (to == MailboxName.Inbox || to.StartsWith(from + "/", StringComparison.Ordinal) || to.StartsWith(ComposedName.Of(from) + "/", StringComparison.Ordinal))
            throw new MailboxException(to == MailboxName.Inbox ? MailboxRefusal.AlreadyExists : MailboxRefusal.Cannot, "The mailbox cannot have that name.");
        var changed = await database.WriteAsync(async session =>
        {
            await RequireAccountAsync(session, accountId);
            var mailbox = await MailboxRows.FindAsync(session, accountId, from) ?? throw MailboxRows.Missing();
            from = mailbox.Name;
            if (await MailboxRows.FindAsync(session, accountId, to) is not null)
                throw new MailboxException(MailboxRefusal.AlreadyExists, "The mailbox exists.");
            await CreateSuperiorsAsync(session, accountId, to);
            if (from == MailboxName.Inbox)
                return await MoveInboxAsync(session, mailbox, await InsertAsync(session, accountId, to, specialUse: null));
            await RenameTreeAsync(session, accountId, from, to);
            return [];
        });
        await MailboxEvents.PublishAsync(bus, changed);
        await MailboxEvents.PublishListingAsync(bus, accountId);
        return (from, to);
    }

    /// <summary>RFC 3501 §6.3.6: the name need not exist.</summary>
    public async Task SubscribeAsync(long accountId, string name)
    {
        name = MailboxName.Normalize(name);
        await database.WriteAsync(async session =>
        {
            await RequireAccountAsync(session, accountId);
            var mailbox = await MailboxRows.FindAsync(session, accountId, name);
            await MailboxRows.SubscribeAsync(session, accountId, mailbox?.Name ?? ComposedName.Of(name));
            var count = await session.ScalarAsync<long>("SELECT count(*) FROM subscriptions WHERE account_id = @account", ("@account", accountId));
            if (count > MaxMailboxes)
                throw new MailboxException(MailboxRefusal.Limit, "There are too many subscriptions.");
        });
        await MailboxEvents.PublishListingAsync(bus, accountId);
    }

    public async Task UnsubscribeAsync(long accountId, string name)
    {
        name = MailboxName.Normalize(name);
        await database.WriteAsync(session => session.ExecuteAsync(
            "DELETE FROM subscriptions WHERE account_id = @account AND name IN (@name, @composed)",
            ("@account", accountId), ("@name", name), ("@composed", ComposedName.Of(name))));
        await MailboxEvents.PublishListingAsync(bus, accountId);
    }

    /// <summary>Subscribed names in ordinal order.</summary>
    public async Task<IReadOnlyList<string>> SubscriptionsAsync(long accountId)
    {
        await FindAsync(accountId, MailboxName.Inbox); // the defaults are subscribed from first use
        var names = await database.ReadAsync(session => session.QueryAsync(
            "SELECT name FROM subscriptions WHERE account_id = @account", row => row.GetString(0), ("@account", accountId)));
        names.Sort(StringComparer.Ordinal);
        return names;
    }

    /// <summary>Counts by SQL, without a snapshot.</summary>
    public async Task<MailboxStatus> StatusAsync(long accountId, string name) => await FindAsync(accountId, name) is { NoSelect: false } mailbox
        ? await StatusAsync(mailbox)
        : throw MailboxRows.Missing();

    /// <inheritdoc cref="StatusAsync(long, string)"/>
    /// <param name="mailbox">As it was read just now.</param>
    public async Task<MailboxStatus> StatusAsync(MailboxInfo mailbox)
    {
        if (_counts.TryGetValue(mailbox.Id, out var known) && known.Mailbox == mailbox)
            return known;
        var counted = await CountAsync(mailbox.Id);
        if (_counts.Count >= MaxCounts)
            _counts.Clear();
        _counts[mailbox.Id] = counted;
        return counted;
    }

    private Task<MailboxStatus> CountAsync(long mailboxId) => database.ReadSnapshotAsync(async session =>
    {
        var mailbox = await MailboxRows.FindAsync(session, mailboxId) ?? throw MailboxRows.Missing();
        var status = await session.FirstAsync(
            """
            SELECT count(*), coalesce(sum(CASE WHEN flags & 1 = 0 THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN flags & 8 <> 0 THEN 1 ELSE 0 END), 0),
                   CAST(coalesce(sum(size), 0) AS BIGINT), coalesce(sum(CASE WHEN uid >= @recent THEN 1 ELSE 0 END), 0),
                   CAST(coalesce(sum(CASE WHEN flags & 8 <> 0 THEN size ELSE 0 END), 0) AS BIGINT)
            FROM messages WHERE mailbox_id = @id
            """,
            row => new MailboxStatus(mailbox, row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4)) { DeletedBytes = row.GetInt64(5) },
            ("@id", mailboxId), ("@recent", mailbox.RecentUid));
        return status!;
    });

    private async Task<bool> EnsureDefaultsAsync(long accountId)
    {
        if (await MailboxRows.FindAsync(database, accountId, MailboxName.Inbox) is not null)
            return false;
        await database.WriteAsync(session => RequireAccountAsync(session, accountId));
        return true;
    }

    /// <summary>The account with its mailboxes, locked: nobody else adds, removes or renames any until the transaction ends.</summary>
    private async Task RequireAccountAsync(DatabaseSession session, long accountId)
    {
        await MailboxRows.LockAccountAsync(session, accountId);
        if (!await MailboxRows.EnsureDefaultsAsync(session, accountId, clock.GetUtcNow()))
            throw new MailboxException(MailboxRefusal.NonExistent, "No such account.");
    }

    private async Task CreateSuperiorsAsync(DatabaseSession session, long accountId, string name)
    {
        foreach (var superior in MailboxName.Superiors(name))
        {
            if (await MailboxRows.FindAsync(session, accountId, superior) is null)
                await InsertAsync(session, accountId, superior, specialUse: null);
        }
    }

    private async Task<MailboxInfo> InsertAsync(DatabaseSession session, long accountId, string name, string? specialUse)
    {
        var count = await session.ScalarAsync<long>("SELECT count(*) FROM mailboxes WHERE account_id = @account", ("@account", accountId));
        if (count >= MaxMailboxes)
            throw new MailboxException(MailboxRefusal.Limit, "There are too many mailboxes.");
        var mailbox = await MailboxRows.InsertAsync(session, accountId, name, specialUse, clock.GetUtcNow()) ?? throw MailboxRows.Missing();
        await RightsRows.InheritAsync(session, mailbox);
        return mailbox;
    }

    private static void RequireOwn(string name)
    {
        if (MailboxPath.IsOthers(name))
            throw new MailboxException(MailboxRefusal.Cannot, "That name stands for the mailboxes of other users.");
    }

    private static async Task<bool> HasInferiorsAsync(DatabaseSession session, long accountId, string name) =>
        await session.ScalarAsync<long>(
            "SELECT count(*) FROM mailboxes WHERE account_id = @account AND substr(name, 1, length(@prefix)) = @prefix",
            ("@account", accountId), ("@prefix", name + "/")) > 0;

    private static async Task RenameTreeAsync(DatabaseSession session, long accountId, string from, string to)
    {
        var renamed = await session.QueryAsync(
            """
            UPDATE mailboxes SET name = @to || substr(name, length(@from) + 1)
            WHERE account_id = @account AND (name = @from OR substr(name, 1, length(@from) + 1) = @from || '/') RETURNING name
            """,
            row => row.GetString(0), ("@account", accountId), ("@from", from), ("@to", to));
        foreach (var name in renamed)
            MailboxName.Normalize(name); // the bounds hold for the inferiors too
    }

    /// <summary>RFC 3501 §6.3.5: INBOX stays, empty; its inferiors stay too.</summary>
    private async Task<MailboxChanged[]> MoveInboxAsync(DatabaseSession session, MailboxInfo inbox, MailboxInfo target)
    {
        await MailboxRows.LockAsync(session, inbox.Id, target.Id);
        var messages = await session.QueryAsync("SELECT uid, size FROM messages WHERE mailbox_id = @id ORDER BY uid", SizedMessage.Read, ("@id", inbox.Id));
        if (messages.Count == 0)
            return [];
        var (_, changed) = await MessageRows.MoveAsync(session, inbox.Id, new CopyTarget(target, SettableFlags.All), messages, clock.GetUtcNow());
        return changed;
    }
}
