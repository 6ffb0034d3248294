using System.Data.Common;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Statements on the mailboxes table that more than one operation needs; each runs in its caller's transaction.</summary>
internal static class MailboxRows
{
    /// <summary>In the order of <see cref="Read"/>.</summary>
    public const string Columns = "id, account_id, name, uid_validity, uid_next, highest_mod_seq, special_use, no_select, messages, recent_uid";

    /// <summary>Of the table by the name m, in the order of <see cref="Read"/>.</summary>
    public const string QualifiedColumns = "m.id, m.account_id, m.name, m.uid_validity, m.uid_next, m.highest_mod_seq, m.special_use, m.no_select, m.messages, m.recent_uid";

    /// <summary>Takes @uids UIDs and one MODSEQ, and moves the totals along.</summary>
    public const string Advance =
        "uid_next = uid_next + @uids, highest_mod_seq = highest_mod_seq + 1, messages = messages + @messages, size_bytes = size_bytes + @octets";

    /// <summary><see cref="Advance"/> of messages that the session which adds them is told of at once: where nothing else is \Recent, nor are they (RFC 3501 §2.3.2).</summary>
    public const string AdvanceTold = $"{Advance}, recent_uid = CASE WHEN recent_uid = uid_next THEN uid_next + @uids ELSE recent_uid END";

    private const string Named = $"SELECT {Columns} FROM mailboxes WHERE account_id = @account AND name = @name";

    private static readonly Script FindNamed = new(Named);

    /// <summary>RFC 6154 special uses, made with the account's first use.</summary>
    private static readonly (string Name, string? SpecialUse)[] Defaults =
        [(MailboxName.Inbox, null), ("Drafts", @"\Drafts"), ("Sent", @"\Sent"), ("Junk", @"\Junk"), ("Trash", @"\Trash"), ("Archive", @"\Archive")];

    /// <summary>The mailbox of the name as it is given, which may be of before names were composed, or as it is kept.</summary>
    public static async Task<MailboxInfo?> FindAsync(DatabaseSession session, long accountId, string name)
    {
        var found = await FindExactlyAsync(session, accountId, name);
        return found is null && ComposedName.Of(name) is var composed && composed != name ? await FindExactlyAsync(session, accountId, composed) : found;
    }

    /// <inheritdoc cref="FindAsync(DatabaseSession, long, string)"/>
    public static async Task<MailboxInfo?> FindAsync(MailDatabase database, long accountId, string name)
    {
        var found = await FindExactlyAsync(database, accountId, name);
        return found is null && ComposedName.Of(name) is var composed && composed != name ? await FindExactlyAsync(database, accountId, composed) : found;
    }

    public static Task<MailboxInfo?> FindAsync(DatabaseSession session, long mailboxId) =>
        session.FirstAsync($"SELECT {Columns} FROM mailboxes WHERE id = @id", Read, ("@id", mailboxId));

    public static Task<List<MailboxInfo>> ListAsync(DatabaseSession session, long accountId) =>
        session.QueryAsync($"SELECT {Columns} FROM mailboxes WHERE account_id = @account", Read, ("@account", accountId));

    /// <summary>The default mailboxes, where the account has none; INBOX tells, since it can never go.</summary>
    /// <returns>False where there is no such account.</returns>
    public static async Task<bool> EnsureDefaultsAsync(DatabaseSession session, long accountId, DateTimeOffset now)
    {
        if (await FindAsync(session, accountId, MailboxName.Inbox) is not null)
            return true;
        await LockAccountAsync(session, accountId);
        if (session.IsShared && await FindAsync(session, accountId, MailboxName.Inbox) is not null)
            return true; // another copy made them meanwhile
        foreach (var (name, specialUse) in Defaults)
        {
            if (await InsertAsync(session, accountId, name, specialUse, now) is null)
                return false;
            await SubscribeAsync(session, accountId, name);
        }
        return true;
    }

    /// <summary>Held by whoever adds, removes or renames mailboxes of the account, until the transaction ends.</summary>
    public static Task LockAccountAsync(DatabaseSession session, long accountId) =>
        session.LockAsync("SELECT id FROM accounts WHERE id = @account FOR NO KEY UPDATE", ("@account", accountId));

    /// <summary>Held by whoever changes what is in the mailboxes: before the first look, so that what was seen stays so until the transaction ends.</summary>
    public static Task LockAsync(DatabaseSession session, params long[] mailboxIds) =>
        session.LockAsync("SELECT id FROM mailboxes WHERE id = ANY(@ids) ORDER BY id FOR NO KEY UPDATE", ("@ids", mailboxIds));

    /// <summary>Adds a mailbox; null where there is no such account.</summary>
    public static async Task<MailboxInfo?> InsertAsync(DatabaseSession session, long accountId, string name, string? specialUse, DateTimeOffset now)
    {
        if (await NextUidValidityAsync(session, accountId, now) is not (> 0 and var uidValidity))
            return null;
        return await session.FirstAsync(
            $"""
            INSERT INTO mailboxes (account_id, name, uid_validity, uid_next, highest_mod_seq, messages, size_bytes, recent_uid, swept_mod_seq, special_use, no_select, created_at)
            VALUES (@account, @name, @validity, 1, 1, 0, 0, 1, 0, @use, FALSE, @now) RETURNING {Columns}
            """,
            Read, ("@account", accountId), ("@name", name), ("@validity", uidValidity), ("@use", specialUse), ("@now", now.ToUnixTimeMilliseconds()));
    }

    public static Task<int> SubscribeAsync(DatabaseSession session, long accountId, string name) => session.ExecuteAsync(
        "INSERT INTO subscriptions (account_id, name) VALUES (@account, @name) ON CONFLICT DO NOTHING", ("@account", accountId), ("@name", name));

    /// <summary>
    /// RFC 3501 §2.3.1.1: a UIDVALIDITY that no mailbox of the account has had, so that whatever is renamed or made again under
    /// an old name differs from what had it before. 0 where there is no such account.
    /// </summary>
    public static async Task<long> NextUidValidityAsync(DatabaseSession session, long accountId, DateTimeOffset now) =>
        await session.ScalarAsync<long>(
            """
            UPDATE accounts SET next_uid_validity = 1 + CASE WHEN next_uid_validity < @now THEN @now ELSE next_uid_validity END
            WHERE id = @account RETURNING next_uid_validity
            """,
            ("@account", accountId), ("@now", now.ToUnixTimeSeconds())) - 1;

    /// <summary>Takes UIDs and a MODSEQ; the row stays locked until the transaction ends, so MODSEQs become visible in their order.</summary>
    public static async Task<MailboxAdvance> AdvanceAsync(DatabaseSession session, long mailboxId, MailboxGrowth growth = default) =>
        await session.FirstAsync(
            growth.IsTold
                ? $"UPDATE mailboxes SET {AdvanceTold} WHERE id = @id AND no_select = FALSE RETURNING {MailboxAdvance.Columns}"
                : $"UPDATE mailboxes SET {Advance} WHERE id = @id AND no_select = FALSE RETURNING {MailboxAdvance.Columns}",
            MailboxAdvance.Read, ("@id", mailboxId), ("@uids", growth.Arrived), ("@messages", growth.Arrived - growth.Gone), ("@octets", growth.Octets)) ?? throw Missing();

    /// <summary>Undoes a MODSEQ that nothing in this transaction used after all.</summary>
    public static Task<int> RetreatAsync(DatabaseSession session, long mailboxId) =>
        session.ExecuteAsync("UPDATE mailboxes SET highest_mod_seq = highest_mod_seq - 1 WHERE id = @id", ("@id", mailboxId));

    private static Task<MailboxInfo?> FindExactlyAsync(DatabaseSession session, long accountId, string name) =>
        session.FirstAsync(Named, Read, ("@account", accountId), ("@name", name));

    private static Task<MailboxInfo?> FindExactlyAsync(MailDatabase database, long accountId, string name) => database.ReadScriptAsync(async run =>
    {
        MailboxInfo? found = null;
        await run(FindNamed, [("@account", accountId), ("@name", name)], row => found = Read(row));
        return found;
    });

    public static MailboxException Missing() => new(MailboxRefusal.NonExistent, "No such mailbox.");

    public static MailboxInfo Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.IsDBNull(6) ? null : row.GetString(6), row.GetBoolean(7))
    {
        Messages = row.GetInt64(8),
        RecentUid = row.GetInt64(9),
    };
}
