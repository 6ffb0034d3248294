using System.Data.Common;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Statements on the messages table; each runs in its caller's transaction.</summary>
internal static class MessageRows
{
    public const string Columns = "uid, mod_seq, flags, keywords, internal_date, size, content_id";

    public static MailboxMessage Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), (SystemFlags)row.GetInt32(2), row.IsDBNull(3) ? null : KeywordText.Intern(row.GetString(3)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetInt64(5), row.GetInt64(6));

    public static Task<int> InsertAsync(DatabaseSession session, long mailboxId, MailboxMessage message) => session.ExecuteAsync(
        $"INSERT INTO messages (mailbox_id, {Columns}) VALUES (@mailbox, @uid, @mod_seq, @flags, @keywords, @date, @size, @content)",
        ("@mailbox", mailboxId), ("@uid", message.Uid), ("@mod_seq", message.ModSeq), ("@flags", (int)message.Flags), ("@keywords", message.Keywords),
        ("@date", message.InternalDate.ToUnixTimeMilliseconds()), ("@size", message.Size), ("@content", message.ContentId));

    /// <summary>Runs of UIDs without a gap: one statement serves a run.</summary>
    public static IEnumerable<(long First, long Last)> Runs(IReadOnlyList<long> uids)
    {
        for (var i = 0; i < uids.Count;)
        {
            var first = uids[i];
            var last = first;
            for (i++; i < uids.Count && uids[i] == last + 1; i++)
                last = uids[i];
            yield return (first, last);
        }
    }

    /// <summary>Those of the UIDs that exist, in their order.</summary>
    public static async Task<List<long>> ExistingAsync(DatabaseSession session, long mailboxId, IReadOnlyList<long> uids)
    {
        var existing = new List<long>(uids.Count);
        foreach (var (first, last) in Runs(uids))
        {
            existing.AddRange(await session.QueryAsync(
                "SELECT uid FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last ORDER BY uid",
                row => row.GetInt64(0), ("@mailbox", mailboxId), ("@first", first), ("@last", last)));
        }
        return existing;
    }

    /// <summary>Copies messages that exist; gives the target after it.</summary>
    public static async Task<MailboxAdvance> CopyAsync(DatabaseSession session, long sourceId, long targetId, List<long> uids)
    {
        var target = await MailboxRows.AdvanceAsync(session, targetId, uids.Count);
        var uid = target.UidNext - uids.Count;
        foreach (var source in uids)
        {
            await session.ExecuteAsync(
                $"""
                INSERT INTO messages (mailbox_id, {Columns})
                SELECT @target, @uid, @mod_seq, flags, keywords, internal_date, size, content_id FROM messages WHERE mailbox_id = @source AND uid = @old
                """,
                ("@target", targetId), ("@uid", uid++), ("@mod_seq", target.ModSeq), ("@source", sourceId), ("@old", source));
        }
        return target;
    }

    /// <summary>Copies and removes; gives the target after it, and the event of each mailbox.</summary>
    public static async Task<(MailboxAdvance Target, MailboxChanged[] Changed)> MoveAsync(
        DatabaseSession session, long sourceId, long targetId, List<long> uids, DateTimeOffset now)
    {
        var target = await CopyAsync(session, sourceId, targetId, uids);
        foreach (var (first, last) in Runs(uids))
            await session.ExecuteAsync(
                "DELETE FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last", ("@mailbox", sourceId), ("@first", first), ("@last", last));
        var source = await BuryAsync(session, sourceId, uids, now);
        return (target, [Event(target), Event(source)]);
    }

    /// <summary>Writes the tombstones of removed messages under a new MODSEQ.</summary>
    public static async Task<MailboxAdvance> BuryAsync(DatabaseSession session, long mailboxId, IReadOnlyList<long> uids, DateTimeOffset now)
    {
        var mailbox = await MailboxRows.AdvanceAsync(session, mailboxId);
        foreach (var uid in uids)
        {
            await session.ExecuteAsync(
                "INSERT INTO expunged (mailbox_id, uid, mod_seq, at) VALUES (@mailbox, @uid, @mod_seq, @at)",
                ("@mailbox", mailboxId), ("@uid", uid), ("@mod_seq", mailbox.ModSeq), ("@at", now.ToUnixTimeMilliseconds()));
        }
        return mailbox;
    }

    public static MailboxChanged Event(MailboxAdvance mailbox) =>
        new() { AccountId = mailbox.AccountId, MailboxId = mailbox.MailboxId, ModSeq = mailbox.ModSeq };
}
