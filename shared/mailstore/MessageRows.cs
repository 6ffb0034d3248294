using System.Data.Common;
using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Statements on the messages table; each runs in its caller's transaction.</summary>
internal static class MessageRows
{
    public const string Columns = "uid, mod_seq, flags, keywords, internal_date, size, content_id";

    /// <summary>Of <see cref="Columns"/>.</summary>
    public const int ColumnCount = 7;

    public static MailboxMessage Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), (SystemFlags)row.GetInt32(2), row.IsDBNull(3) ? null : KeywordText.Intern(row.GetString(3)),
        DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(4)), row.GetInt64(5), row.GetInt64(6));

    private static readonly RowInsert Insert = new(
        "messages",
        [
            ("mailbox_id", "bigint"), ("uid", "bigint"), ("mod_seq", "bigint"), ("flags", "bigint"), ("keywords", "text"), ("internal_date", "bigint"),
            ("size", "bigint"), ("content_id", "bigint"), ("saved_at", "bigint"),
        ]);

    private static readonly RowInsert Tombstones = new("expunged", [("mailbox_id", "bigint"), ("uid", "bigint"), ("mod_seq", "bigint"), ("at", "bigint")]);

    public static Task InsertAsync(DatabaseSession session, IReadOnlyList<(long MailboxId, MailboxMessage Message)> arrivals, DateTimeOffset now) => Insert.RunAsync(
        session,
        [
            .. arrivals.Select(a => new object?[]
            {
                a.MailboxId, a.Message.Uid, a.Message.ModSeq, (long)a.Message.Flags, a.Message.Keywords, a.Message.InternalDate.ToUnixTimeMilliseconds(),
                a.Message.Size, a.Message.ContentId, now.ToUnixTimeMilliseconds(),
            }),
        ]);

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
    public static async Task<List<SizedMessage>> ExistingAsync(DatabaseSession session, long mailboxId, IReadOnlyList<long> uids)
    {
        var existing = new List<SizedMessage>(uids.Count);
        foreach (var (first, last) in Runs(uids))
        {
            existing.AddRange(await session.QueryAsync(
                "SELECT uid, size FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last ORDER BY uid",
                SizedMessage.Read, ("@mailbox", mailboxId), ("@first", first), ("@last", last)));
        }
        return existing;
    }

    /// <summary>Those of the UIDs that exist and have a higher MODSEQ, in their order.</summary>
    public static async Task<List<long>> ModifiedAsync(DatabaseSession session, long mailboxId, IReadOnlyList<long> uids, long modSeq)
    {
        var modified = new List<long>();
        foreach (var (first, last) in Runs(uids))
        {
            modified.AddRange(await session.QueryAsync(
                "SELECT uid FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last AND mod_seq > @since ORDER BY uid",
                row => row.GetInt64(0), ("@mailbox", mailboxId), ("@first", first), ("@last", last), ("@since", modSeq)));
        }
        return modified;
    }

    /// <summary>Copies messages that exist; gives the target after it. Both mailboxes are locked.</summary>
    public static async Task<MailboxAdvance> CopyAsync(DatabaseSession session, long sourceId, CopyTarget copies, List<SizedMessage> messages, DateTimeOffset now)
    {
        var target = await MailboxRows.AdvanceAsync(session, copies.Mailbox.Id, new MailboxGrowth(messages.Count, Octets: messages.Sum(m => m.Size)));
        var uid = target.UidNext - messages.Count;
        foreach (var source in messages)
        {
            await session.ExecuteAsync(
                $"""
                INSERT INTO messages (mailbox_id, {Columns}, saved_at)
                SELECT @target, @uid, @mod_seq, flags & @kept, CASE WHEN @keywords THEN keywords END, internal_date, size, content_id, @now FROM messages WHERE mailbox_id = @source AND uid = @old
                """,
                ("@target", copies.Mailbox.Id), ("@uid", uid++), ("@mod_seq", target.ModSeq), ("@source", sourceId), ("@old", source.Uid),
                ("@kept", (int)copies.Settable.System), ("@keywords", copies.Settable.Keywords), ("@now", now.ToUnixTimeMilliseconds()));
        }
        return target;
    }

    /// <summary>Copies and removes; gives the target after it, and the event of each mailbox. Both are locked.</summary>
    public static async Task<(MailboxAdvance Target, MailboxChanged[] Changed)> MoveAsync(
        DatabaseSession session, long sourceId, CopyTarget copies, List<SizedMessage> messages, DateTimeOffset now)
    {
        var target = await CopyAsync(session, sourceId, copies, messages, now);
        foreach (var (first, last) in Runs([.. messages.Select(m => m.Uid)]))
            await session.ExecuteAsync(
                "DELETE FROM messages WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last", ("@mailbox", sourceId), ("@first", first), ("@last", last));
        var source = await BuryAsync(session, sourceId, messages, now);
        return (target, [Event(target), Event(source)]);
    }

    /// <summary>Writes the tombstones of removed messages under a new MODSEQ.</summary>
    public static async Task<MailboxAdvance> BuryAsync(DatabaseSession session, long mailboxId, List<SizedMessage> messages, DateTimeOffset now)
    {
        var mailbox = await MailboxRows.AdvanceAsync(session, mailboxId, new MailboxGrowth(Gone: messages.Count, Octets: -messages.Sum(m => m.Size)));
        var at = now.ToUnixTimeMilliseconds();
        await Tombstones.RunAsync(session, [.. messages.Select(m => new object?[] { mailboxId, m.Uid, mailbox.ModSeq, at })]);
        return mailbox;
    }

    public static MailboxChanged Event(MailboxAdvance mailbox) =>
        new() { AccountId = mailbox.AccountId, MailboxId = mailbox.MailboxId, ModSeq = mailbox.ModSeq };
}
