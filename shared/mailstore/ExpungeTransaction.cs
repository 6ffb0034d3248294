using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Removes messages and writes their tombstones: one script a run of UIDs.</summary>
internal static class ExpungeTransaction
{
    private const string Gone = "mailbox_id = @mailbox AND uid BETWEEN @first AND @last AND (flags & @required) = @required";

    /// <summary>The lock comes first, so that all statements see the same messages.</summary>
    private static readonly Script OfRun = new(
        $"""
        UPDATE mailboxes SET highest_mod_seq = highest_mod_seq + 1, messages = messages - (SELECT count(*) FROM messages WHERE {Gone}),
            size_bytes = size_bytes - (SELECT CAST(coalesce(sum(size), 0) AS BIGINT) FROM messages WHERE {Gone})
        WHERE id = @mailbox AND EXISTS (SELECT 1 FROM messages WHERE {Gone}) RETURNING {MailboxAdvance.Columns}
        """,
        $"""
        INSERT INTO expunged (mailbox_id, uid, mod_seq, at)
        SELECT mailbox_id, uid, (SELECT highest_mod_seq FROM mailboxes WHERE id = @mailbox), @at FROM messages WHERE {Gone}
        """,
        $"DELETE FROM messages WHERE {Gone} RETURNING uid")
    {
        Lock = MailboxRows.LockOne,
    };

    public static bool IsScript(IReadOnlyList<long> uids) => uids[^1] - uids[0] == uids.Count - 1;

    /// <summary>Of one run of UIDs; null where nothing goes.</summary>
    public static async Task<(MailboxAdvance Mailbox, List<long> Vanished)?> RunScriptAsync(
        DatabaseSession session, long mailboxId, IReadOnlyList<long> uids, SystemFlags required, DateTimeOffset now)
    {
        MailboxAdvance? mailbox = null;
        var vanished = new List<long>();
        await session.RunAsync(
            OfRun,
            [("@mailbox", mailboxId), ("@first", uids[0]), ("@last", uids[^1]), ("@required", (int)required), ("@at", now.ToUnixTimeMilliseconds())],
            row => mailbox = MailboxAdvance.Read(row), row => vanished.Add(row.GetInt64(0)));
        vanished.Sort();
        return mailbox is null ? null : (mailbox, vanished);
    }

    /// <summary>Of any UIDs, under one MODSEQ; null where nothing goes.</summary>
    public static async Task<(MailboxAdvance Mailbox, List<long> Vanished)?> RunAsync(
        DatabaseSession session, long mailboxId, IReadOnlyList<long> uids, SystemFlags required, DateTimeOffset now)
    {
        await MailboxRows.LockAsync(session, mailboxId);
        var gone = new List<SizedMessage>();
        foreach (var (first, last) in MessageRows.Runs(uids))
        {
            gone.AddRange(await session.QueryAsync(
                $"DELETE FROM messages WHERE {Gone} RETURNING uid, size",
                SizedMessage.Read, ("@mailbox", mailboxId), ("@first", first), ("@last", last), ("@required", (int)required)));
        }
        if (gone.Count == 0)
            return null;
        var mailbox = await MessageRows.BuryAsync(session, mailboxId, gone, now);
        return (mailbox, [.. gone.Select(message => message.Uid).Order()]);
    }
}
