using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Removes messages and writes their tombstones.</summary>
internal static class ExpungeTransaction
{
    private const string Gone = "mailbox_id = @mailbox AND uid BETWEEN @first AND @last AND (flags & @required) = @required";

    /// <summary>The lock comes first: what another transaction did before is seen by then (READ COMMITTED).</summary>
    private static readonly Script OfRun = new(
        $"""
        WITH l AS MATERIALIZED (
            SELECT id FROM mailboxes WHERE id = @mailbox AND no_select = FALSE FOR NO KEY UPDATE
        ), g AS (
            DELETE FROM messages USING l WHERE {Gone} RETURNING uid, size
        ), m AS (
            UPDATE mailboxes SET highest_mod_seq = highest_mod_seq + 1, messages = messages - t.gone, size_bytes = size_bytes - t.octets
            FROM (SELECT count(*) AS gone, CAST(sum(size) AS BIGINT) AS octets FROM g) t WHERE id = @mailbox AND t.gone > 0
            RETURNING {MailboxAdvance.Columns}
        ), e AS (
            INSERT INTO expunged (mailbox_id, uid, mod_seq, at) SELECT @mailbox, g.uid, m.highest_mod_seq, @at FROM g, m
        )
        SELECT g.uid, m.* FROM g, m
        """);

    /// <summary>Whether <see cref="RunScriptAsync"/> can do it.</summary>
    public static bool IsScript(IReadOnlyList<long> uids) => uids[^1] - uids[0] == uids.Count - 1;

    /// <summary>Of one run of UIDs by one statement, which SQLite could not read; null where nothing goes.</summary>
    public static async Task<(MailboxAdvance Mailbox, List<long> Vanished)?> RunScriptAsync(
        RunScript run, long mailboxId, IReadOnlyList<long> uids, SystemFlags required, DateTimeOffset now)
    {
        MailboxAdvance? mailbox = null;
        var vanished = new List<long>();
        await run(
            OfRun,
            [("@mailbox", mailboxId), ("@first", uids[0]), ("@last", uids[^1]), ("@required", (int)required), ("@at", now.ToUnixTimeMilliseconds())],
            row =>
            {
                vanished.Add(row.GetInt64(0));
                mailbox ??= MailboxAdvance.Read(row, 1);
            });
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
