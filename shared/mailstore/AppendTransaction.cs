using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Puts messages into a mailbox by a client's order; each operation is one transaction of its caller.</summary>
internal static class AppendTransaction
{
    /// <summary>All of them, or a refusal.</summary>
    public static async Task<MailboxAdvance> RunAsync(
        DatabaseSession session, long mailboxId, IReadOnlyList<NewMessage> messages, IReadOnlyList<IndexedContent> contents, DateTimeOffset now)
    {
        var (_, room) = await Quota.RoomAtAsync(session, mailboxId);
        if (room?.Fits(contents.Sum(c => c.Size), contents.Count) == false)
            throw Quota.Reached();
        return await InsertAsync(session, mailboxId, messages, contents, now);
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
        var target = await InsertAsync(session, targetId, [message.Message], [message.Content], now);
        await session.ExecuteAsync(
            "DELETE FROM messages WHERE mailbox_id = @mailbox AND uid = @uid", ("@mailbox", replaced.MailboxId), ("@uid", replaced.Uid));
        return (target, await MessageRows.BuryAsync(session, replaced.MailboxId, gone, now));
    }

    private static async Task<MailboxAdvance> InsertAsync(
        DatabaseSession session, long mailboxId, IReadOnlyList<NewMessage> messages, IReadOnlyList<IndexedContent> contents, DateTimeOffset now)
    {
        var mailbox = await MailboxRows.AdvanceAsync(session, mailboxId, new MailboxGrowth(messages.Count, Octets: contents.Sum(c => c.Size)));
        var contentIds = await IndexedContent.InsertAsync(session, contents, now);
        var first = mailbox.UidNext - messages.Count;
        await MessageRows.InsertAsync(session, [.. messages.Select((message, i) => (mailboxId, new MailboxMessage(
            first + i, mailbox.ModSeq, message.Flags, KeywordText.From(KeywordText.Split(message.Keywords)), message.InternalDate ?? now, contents[i].Size, contentIds[i])))], now);
        return mailbox;
    }

    private static async Task<long> AccountOfAsync(DatabaseSession session, long mailboxId) =>
        await MailboxRows.FindAsync(session, mailboxId) is { NoSelect: false } mailbox ? mailbox.AccountId : throw MailboxRows.Missing();
}
