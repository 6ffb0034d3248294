using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>RFC 9208 STORAGE and MESSAGE: what an account may still take, of what its mailboxes may hold together.</summary>
internal static class Quota
{
    private const string Limited = "(coalesce(quota_bytes, 0) > 0 OR coalesce(quota_messages, 0) > 0)";

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
        if (await LimitsAsync(session, accountId) is not { } limits)
            return null;
        await MailboxRows.LockAccountAsync(session, accountId);
        var (octets, messages) = await UsedAsync(session, accountId);
        return new QuotaRoom((limits.Octets ?? long.MaxValue) - octets, (limits.Messages ?? long.MaxValue) - messages);
    }

    /// <summary>Limits and use, as they are now.</summary>
    public static async Task<QuotaUse> UseAsync(DatabaseSession session, long accountId)
    {
        var limits = await LimitsAsync(session, accountId);
        var (octets, messages) = await UsedAsync(session, accountId);
        return new QuotaUse(octets, limits?.Octets, messages, limits?.Messages);
    }

    public static MailboxException Reached() => new(MailboxRefusal.OverQuota, "The account's quota is reached.");

    /// <summary>Null where the account has none, or is gone.</summary>
    private static async Task<(long? Octets, long? Messages)?> LimitsAsync(DatabaseSession session, long accountId)
    {
        var limits = await session.QueryAsync(
            $"SELECT quota_bytes, quota_messages FROM accounts WHERE id = @account AND {Limited}",
            row => (Octets: row.IsDBNull(0) ? 0 : row.GetInt64(0), Messages: row.IsDBNull(1) ? 0 : row.GetInt64(1)), ("@account", accountId));
        return limits.Count == 0 ? null : (limits[0].Octets > 0 ? limits[0].Octets : null, limits[0].Messages > 0 ? limits[0].Messages : null);
    }

    private static Task<(long Octets, long Messages)> UsedAsync(DatabaseSession session, long accountId) => session.FirstAsync(
        """
        SELECT CAST(coalesce(sum(size_bytes), 0) AS BIGINT), CAST(coalesce(sum(messages), 0) AS BIGINT) FROM mailboxes WHERE account_id = @account
        """,
        row => (row.GetInt64(0), row.GetInt64(1)), ("@account", accountId));
}
