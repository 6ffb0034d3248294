using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Puts messages into a mailbox by a client's order; each operation is one transaction of its caller.</summary>
internal static class AppendTransaction
{
    private static readonly Script Append = Single(MailboxRows.Advance);
    private static readonly Script AppendTold = Single(MailboxRows.AdvanceTold);

    /// <summary>One message by one statement, which SQLite could not read.</summary>
    /// <returns>Null, and nothing is changed, where it takes <see cref="RunAsync"/> to say what is to be: the account has a quota, or the mailbox is gone.</returns>
    public static async Task<AppendedRows?> RunScriptAsync(
        RunScript run, AppendTarget target, NewMessage message, IndexedContent content, DateTimeOffset now)
    {
        MailboxAdvance? mailbox = null;
        long contentId = 0;
        var row = RowOf(message, content, now);
        await run(
            target.IsTold ? AppendTold : Append,
            [
                ("@mailbox", target.MailboxId), ("@name", target.Name), ("@uids", 1), ("@messages", 1), ("@octets", content.Size), ("@flags", (long)row.Flags), ("@keywords", row.Keywords),
                ("@internal_date", row.InternalDate.ToUnixTimeMilliseconds()), ("@size", row.Size), ("@now", now.ToUnixTimeMilliseconds()), .. content.Parameters,
            ],
            found => (mailbox, contentId) = (MailboxAdvance.Read(found, 1), found.GetInt64(0)));
        return mailbox is null ? null : new AppendedRows(mailbox, [row with { Uid = mailbox.UidNext - 1, ModSeq = mailbox.ModSeq, ContentId = contentId }]);
    }

    /// <summary>All of them, or a refusal.</summary>
    public static async Task<AppendedRows> RunAsync(
        DatabaseSession session, AppendTarget target, IReadOnlyList<NewMessage> messages, IReadOnlyList<IndexedContent> contents, DateTimeOffset now)
    {
        var (_, room) = await Quota.RoomAtAsync(session, target.MailboxId);
        if (room?.Fits(contents.Sum(c => c.Size), contents.Count) == false)
            throw Quota.Reached();
        return await InsertAsync(session, target, messages, contents, now);
    }

    /// <summary>The message in the place of another; null, and nothing is changed, where that one is gone.</summary>
    public static async Task<(MailboxAdvance Target, MailboxAdvance Source)?> ReplaceAsync(
        DatabaseSession session, (long MailboxId, long Uid) replaced, long targetId, (NewMessage Message, IndexedContent Content) message, DateTimeOffset now)
    {
        var (accountId, room) = await Quota.RoomAtAsync(session, targetId);
        await MailboxRows.LockAsync(session, replaced.MailboxId, targetId);
        var gone = await MessageRows.ExistingAsync(session, replaced.MailboxId, [replaced.Uid]);
        if (gone.Count == 0)
            return null;
        // What goes makes room, where it was of the same account.
        if (await AccountOfAsync(session, replaced.MailboxId) == accountId)
            room = room?.After(-gone[0].Size, -1);
        if (room?.Fits(message.Content.Size, 1) == false)
            throw Quota.Reached();
        var target = await InsertAsync(session, new AppendTarget(targetId), [message.Message], [message.Content], now);
        await session.ExecuteAsync(
            "DELETE FROM messages WHERE mailbox_id = @mailbox AND uid = @uid", ("@mailbox", replaced.MailboxId), ("@uid", replaced.Uid));
        return (target.Mailbox, await MessageRows.BuryAsync(session, replaced.MailboxId, gone, now));
    }

    private static Script Single(string advance) => new(
        $"""
        WITH m AS (
            UPDATE mailboxes SET {advance}
            WHERE id = @mailbox AND name = coalesce(@name, name) AND no_select = FALSE
              AND NOT EXISTS (SELECT 1 FROM accounts WHERE id = account_id AND {Quota.Limited})
            RETURNING {MailboxAdvance.Columns}
        ), c AS (
            INSERT INTO contents ({IndexedContent.Columns}, created_at) SELECT {IndexedContent.Values}, @now FROM m RETURNING id
        ), i AS (
            INSERT INTO messages (mailbox_id, {MessageRows.Columns}, saved_at)
            SELECT m.id, m.uid_next - 1, m.highest_mod_seq, @flags, @keywords, @internal_date, @size, c.id, @now FROM m, c
        )
        SELECT c.id, m.* FROM m, c
        """);

    private static async Task<AppendedRows> InsertAsync(
        DatabaseSession session, AppendTarget target, IReadOnlyList<NewMessage> messages, IReadOnlyList<IndexedContent> contents, DateTimeOffset now)
    {
        var mailbox = await MailboxRows.AdvanceAsync(
            session, target.MailboxId, new MailboxGrowth(messages.Count, Octets: contents.Sum(c => c.Size)) { IsTold = target.IsTold });
        if (target.Name is { } name && name != mailbox.Name)
            throw MailboxRows.Missing();
        var contentIds = await IndexedContent.InsertAsync(session, contents, now);
        var first = mailbox.UidNext - messages.Count;
        var rows = messages.Select((message, i) =>
            RowOf(message, contents[i], now) with { Uid = first + i, ModSeq = mailbox.ModSeq, ContentId = contentIds[i] }).ToList();
        await MessageRows.InsertAsync(session, rows.ConvertAll(row => (target.MailboxId, row)), now);
        return new AppendedRows(mailbox, rows);
    }

    /// <summary>Without what only the mailbox and the database give it. The date is as it will be read: milliseconds, in no zone.</summary>
    private static MailboxMessage RowOf(NewMessage message, IndexedContent content, DateTimeOffset now) => new(
        Uid: 0, ModSeq: 0, message.Flags, KeywordText.From(KeywordText.Split(message.Keywords)),
        DateTimeOffset.FromUnixTimeMilliseconds((message.InternalDate ?? now).ToUnixTimeMilliseconds()), content.Size, ContentId: 0);

    private static async Task<long> AccountOfAsync(DatabaseSession session, long mailboxId) =>
        await MailboxRows.FindAsync(session, mailboxId) is { NoSelect: false } mailbox ? mailbox.AccountId : throw MailboxRows.Missing();
}
