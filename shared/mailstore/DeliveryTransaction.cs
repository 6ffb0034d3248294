using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Puts a batch of messages into mailboxes: for each mailbox one UPDATE that takes all its UIDs, for each message one content that its recipients share.</summary>
internal sealed class DeliveryTransaction(TimeProvider clock)
{
    // A message that its session withdrew (claim 3: its client was told to try again) counts as delivered.
    private const string InsertKey =
        """
        INSERT INTO deliveries (message_id, recipient, at) SELECT @message, @recipient, @at
        WHERE NOT EXISTS (SELECT 1 FROM claims WHERE message_id = @message AND kind = 3)
        ON CONFLICT DO NOTHING
        """;

    public async Task<DeliveryResult> RunAsync(DatabaseSession session, IReadOnlyList<JudgedContent> batch)
    {
        var now = clock.GetUtcNow();
        var drops = await NewDropsAsync(session, batch, now);
        var changed = new List<MailboxChanged>();
        // In the order of the accounts, so that two batches never wait for each other's mailboxes.
        foreach (var target in drops.Where(d => !d.IsDuplicate).GroupBy(d => (d.Recipient.AccountId, d.Judged.Message.Junk)).OrderBy(g => g.Key))
        {
            var fresh = target.ToList();
            if (await TakeUidsAsync(session, target.Key.AccountId, target.Key.Junk, fresh.Count, now) is not { } mailbox)
                continue;
            for (var i = 0; i < fresh.Count; i++)
                (fresh[i].Mailbox, fresh[i].Uid) = (mailbox, mailbox.UidNext - fresh.Count + i);
            changed.Add(MessageRows.Event(mailbox));
        }
        await InsertAsync(session, drops, now);
        var outcomes = drops.ToLookup(d => d.Position, d => d.ToOutcome());
        return new DeliveryResult([.. batch.Select((b, i) => new DeliveryOutcome(b.Message.MessageId, [.. outcomes[i]]))], changed);
    }

    /// <summary>Every (message, recipient) of the batch, those that a former delivery has recorded marked.</summary>
    private static async Task<List<Drop>> NewDropsAsync(DatabaseSession session, IReadOnlyList<JudgedContent> batch, DateTimeOffset now)
    {
        var drops = new List<Drop>(batch.Count);
        for (var position = 0; position < batch.Count; position++)
        {
            var judged = batch[position];
            foreach (var recipient in judged.Message.Recipients)
            {
                var inserted = await session.ExecuteAsync(
                    InsertKey,
                    ("@message", judged.Message.MessageId), ("@recipient", recipient.Address), ("@at", now.ToUnixTimeMilliseconds()));
                drops.Add(new Drop(position, judged, recipient, isDuplicate: inserted == 0));
            }
        }
        return drops;
    }

    private static async Task<MailboxAdvance?> TakeUidsAsync(DatabaseSession session, long accountId, bool junk, int uids, DateTimeOffset now)
    {
        var taken = await AdvanceAsync(session, accountId, junk, uids);
        if (taken is not null || !await MailboxRows.EnsureDefaultsAsync(session, accountId, now))
            return taken;
        if (junk)
            await EnsureJunkAsync(session, accountId, now);
        return await AdvanceAsync(session, accountId, junk, uids);
    }

    private static Task<MailboxAdvance?> AdvanceAsync(DatabaseSession session, long accountId, bool junk, int uids) => junk
        ? session.FirstAsync(
            """
            UPDATE mailboxes SET uid_next = uid_next + @uids, highest_mod_seq = highest_mod_seq + 1
            WHERE id = (SELECT min(id) FROM mailboxes WHERE account_id = @account AND special_use = '\Junk' AND no_select = FALSE)
            RETURNING account_id, id, name, uid_validity, uid_next, highest_mod_seq
            """,
            MailboxAdvance.Read, ("@account", accountId), ("@uids", uids))
        : session.FirstAsync(
            """
            UPDATE mailboxes SET uid_next = uid_next + @uids, highest_mod_seq = highest_mod_seq + 1
            WHERE account_id = @account AND name = 'INBOX'
            RETURNING account_id, id, name, uid_validity, uid_next, highest_mod_seq
            """,
            MailboxAdvance.Read, ("@account", accountId), ("@uids", uids));

    /// <summary>The user removed or renamed the mailbox for junk: one is made again, or found by its name.</summary>
    private static async Task EnsureJunkAsync(DatabaseSession session, long accountId, DateTimeOffset now)
    {
        var junk = await session.ScalarAsync<long>(
            "SELECT count(*) FROM mailboxes WHERE account_id = @account AND special_use = '\\Junk' AND no_select = FALSE", ("@account", accountId));
        if (junk > 0)
            return;
        if (await MailboxRows.FindAsync(session, accountId, "Junk") is { } named)
            await session.ExecuteAsync("UPDATE mailboxes SET special_use = '\\Junk', no_select = FALSE WHERE id = @id", ("@id", named.Id));
        else
            await MailboxRows.InsertAsync(session, accountId, "Junk", @"\Junk", now);
    }

    private static async Task InsertAsync(DatabaseSession session, List<Drop> drops, DateTimeOffset now)
    {
        JudgedContent? written = null;
        long contentId = 0;
        foreach (var drop in drops)
        {
            if (drop.IsDuplicate)
                continue;
            if (drop.Mailbox is not { } mailbox)
            {
                // The account is gone. The caller tells the sender; until it has, the recipient is not done.
                await session.ExecuteAsync(
                    "DELETE FROM deliveries WHERE message_id = @message AND recipient = @recipient",
                    ("@message", drop.Judged.Message.MessageId), ("@recipient", drop.Recipient.Address));
                continue;
            }
            if (!ReferenceEquals(written, drop.Judged)) // drops stand in the order of their messages
                (written, contentId) = (drop.Judged, await drop.Judged.Content.InsertAsync(session, now));
            await MessageRows.InsertAsync(session, mailbox.MailboxId, new MailboxMessage(
                drop.Uid, mailbox.ModSeq, SystemFlags.None, null, drop.Judged.Message.ReceivedAt, drop.Judged.Content.Size, contentId));
        }
    }

    /// <summary>A message on its way to one recipient.</summary>
    private sealed class Drop(int position, JudgedContent judged, LocalRecipient recipient, bool isDuplicate)
    {
        /// <summary>Of its message in the batch.</summary>
        public int Position { get; } = position;

        public JudgedContent Judged { get; } = judged;

        public LocalRecipient Recipient { get; } = recipient;

        public bool IsDuplicate { get; } = isDuplicate;

        public MailboxAdvance? Mailbox { get; set; }

        public long Uid { get; set; }

        public RecipientOutcome ToOutcome() => new(Recipient, Mailbox?.Name, Uid, IsDuplicate);
    }
}
