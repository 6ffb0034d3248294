using System.Data.Common;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 9208 STORAGE and MESSAGE: what an account may still take, of what its mailboxes may hold together.</summary>
internal static class Quota
{
    /// <summary>Of an account: it has a quota.</summary>
    public const string Limited = "(coalesce(quota_bytes, 0) > 0 OR coalesce(quota_messages, 0) > 0)";

    /// <summary>Those of the accounts that have a quota, in the order of their ids.</summary>
    public static async Task<List<long>> LimitedAsync(DatabaseSession session, IEnumerable<long> accountIds)
    {
        var ids = accountIds.Distinct().Order().ToArray();
        if (session.IsShared)
        {
            return await session.QueryAsync(
                $"SELECT id FROM accounts WHERE id = ANY(@ids) AND {Limited} ORDER BY id", row => row.GetInt64(0), ("@ids", ids));
        }
        var limited = new List<long>();
        foreach (var id in ids)
        {
            if (await LimitsAsync(session, id) is not null)
                limited.Add(id);
        }
        return limited;
    }

    /// <summary>What still fits; null for no limit. The account stays locked, so that the answer stays true.</summary>
    public static async Task<QuotaRoom?> RoomAsync(DatabaseSession session, long accountId)
    {
        return await LimitsAsync(session, accountId) is { } limits ? await RoomAsync(session, accountId, limits) : null;
    }

    /// <summary>The same for the account of a mailbox, which comes with it.</summary>
    /// <exception cref="MailboxException">The mailbox is gone, or holds no messages.</exception>
    public static async Task<(long AccountId, QuotaRoom? Room)> RoomAtAsync(DatabaseSession session, long mailboxId)
    {
        var found = await session.QueryAsync(
            "SELECT a.quota_bytes, a.quota_messages, a.id FROM mailboxes m JOIN accounts a ON a.id = m.account_id WHERE m.id = @id AND m.no_select = FALSE",
            row => (AccountId: row.GetInt64(2), Limits: ReadLimits(row)), ("@id", mailboxId));
        if (found is not [var (accountId, limits)])
            throw MailboxRows.Missing();
        return (accountId, limits is (null, null) ? null : await RoomAsync(session, accountId, limits));
    }

    /// <summary>Limits and use, as they are now.</summary>
    public static async Task<QuotaUse> UseAsync(DatabaseSession session, long accountId)
    {
        var limits = await LimitsAsync(session, accountId);
        var (octets, messages) = await UsedAsync(session, accountId);
        return new QuotaUse(octets, limits?.Octets, messages, limits?.Messages);
    }

    public static MailboxException Reached() => new(MailboxRefusal.OverQuota, "The account's quota is reached.");

    private static async Task<QuotaRoom> RoomAsync(DatabaseSession session, long accountId, (long? Octets, long? Messages) limits)
    {
        await MailboxRows.LockAccountAsync(session, accountId);
        var (octets, messages) = await UsedAsync(session, accountId);
        return new QuotaRoom((limits.Octets ?? long.MaxValue) - octets, (limits.Messages ?? long.MaxValue) - messages);
    }

    /// <summary>0 is no limit, as null is.</summary>
    private static (long? Octets, long? Messages) ReadLimits(DbDataReader row) => (ReadLimit(row, 0), ReadLimit(row, 1));

    private static long? ReadLimit(DbDataReader row, int column) => !row.IsDBNull(column) && row.GetInt64(column) is > 0 and var limit ? limit : null;

    /// <summary>Null where the account has none, or is gone.</summary>
    private static async Task<(long? Octets, long? Messages)?> LimitsAsync(DatabaseSession session, long accountId)
    {
        var limits = await session.QueryAsync($"SELECT quota_bytes, quota_messages FROM accounts WHERE id = @account AND {Limited}", ReadLimits, ("@account", accountId));
        return limits.Count == 0 ? null : limits[0];
    }

    private static Task<(long Octets, long Messages)> UsedAsync(DatabaseSession session, long accountId) => session.FirstAsync(
        """
        SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT), CAST(coalesce(sum(messages), 0) AS BIGINT) FROM mailboxes WHERE account_id = @account
        """,
        row => (row.GetInt64(0), row.GetInt64(1)), ("@account", accountId));
}
