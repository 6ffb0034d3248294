using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 9208 STORAGE: what an account may still take, of the octets that its mailboxes may hold together.</summary>
internal static class Quota
{
    private const string Find = "SELECT quota_bytes FROM accounts WHERE id = @account";

    /// <summary>Those of the accounts that have a quota, in the order of their ids.</summary>
    public static async Task<List<long>> LimitedAsync(DatabaseSession session, IEnumerable<long> accountIds)
    {
        var ids = accountIds.Distinct().Order().ToArray();
        if (session.IsShared)
        {
            return await session.QueryAsync(
                "SELECT id FROM accounts WHERE id = ANY(@ids) AND quota_bytes IS NOT NULL ORDER BY id", row => row.GetInt64(0), ("@ids", ids));
        }
        var limited = new List<long>();
        foreach (var id in ids)
        {
            if (await session.ScalarAsync<long>(Find, ("@account", id)) > 0)
                limited.Add(id);
        }
        return limited;
    }

    /// <summary>Octets that still fit, less than none where the quota was lowered; null for no limit. The account stays locked, so that the answer stays true.</summary>
    public static async Task<long?> RoomAsync(DatabaseSession session, long accountId)
    {
        if (await session.ScalarAsync<long>(Find, ("@account", accountId)) is not (> 0 and var quota))
            return null;
        await MailboxRows.LockAccountAsync(session, accountId);
        return quota - await UsedAsync(session, accountId);
    }

    public static MailboxException Reached() => new(MailboxRefusal.OverQuota, "The account's quota is reached.");

    private static Task<long> UsedAsync(DatabaseSession session, long accountId) => session.ScalarAsync<long>(
        "SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT) FROM mailboxes WHERE account_id = @account", ("@account", accountId));
}
