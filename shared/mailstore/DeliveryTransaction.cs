using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>Puts a batch of messages into mailboxes: for each mailbox one UPDATE that takes all its UIDs, for each message one content that its recipients share.</summary>
internal sealed class DeliveryTransaction(TimeProvider clock)
{
    public async Task<DeliveryResult> RunAsync(DatabaseSession session, IReadOnlyList<JudgedContent> batch)
    {
        var now = clock.GetUtcNow();
        var drops = await NewDropsAsync(session, batch, now);
        await RefuseOverQuotaAsync(session, drops);
        var changed = new List<MailboxChanged>();
        // In one order, so that two batches never wait for each other's mailboxes.
        var targets = drops.Where(d => d.IsWanted)
            .GroupBy(d => (d.Judged.Message.Junk, d.Recipient.AccountId))
            .OrderBy(g => g.Key)
            .Select(g => new Target(g.Key.AccountId, g.Key.Junk, [.. g]))
            .ToList();
        var inboxes = await AdvanceInboxesAsync(session, targets.FindAll(t => !t.Junk));
        foreach (var target in targets)
        {
            var mailbox = target.Junk ? null : inboxes.GetValueOrDefault(target.AccountId);
            mailbox ??= await TakeUidsAsync(session, target, now);
            if (mailbox is null)
                continue;
            for (var i = 0; i < target.Fresh.Count; i++)
                (target.Fresh[i].Mailbox, target.Fresh[i].Uid) = (mailbox, mailbox.UidNext - target.Fresh.Count + i);
            changed.Add(MessageRows.Event(mailbox));
        }
        await InsertAsync(session, drops, now);
        await ForgetUndeliveredAsync(session, drops);
        var outcomes = drops.ToLookup(d => d.Position, d => d.ToOutcome());
        return new DeliveryResult([.. batch.Select((b, i) => new DeliveryOutcome(b.Message.MessageId, [.. outcomes[i]]))], changed);
    }

    /// <summary>Every (message, recipient) of the batch, those that a former delivery has recorded marked.</summary>
    private static async Task<List<Drop>> NewDropsAsync(DatabaseSession session, IReadOnlyList<JudgedContent> batch, DateTimeOffset now)
    {
        var drops = new List<Drop>(batch.Count);
        for (var position = 0; position < batch.Count; position++)
        {
            foreach (var recipient in batch[position].Message.Recipients)
                drops.Add(new Drop(position, batch[position], recipient));
        }
        var fresh = await DeliveryKeys.TakeAsync(session, drops.Select(d => d.Key), now);
        foreach (var drop in drops)
            drop.IsDuplicate = !fresh.Remove(drop.Key);
        return drops;
    }

    /// <summary>What comes past an account's quota is not delivered; the account stays locked, so that copies do not fill it together.</summary>
    private static async Task RefuseOverQuotaAsync(DatabaseSession session, List<Drop> drops)
    {
        foreach (var account in await Quota.LimitedAsync(session, drops.Where(d => !d.IsDuplicate).Select(d => d.Recipient.AccountId)))
        {
            if (await Quota.RoomAsync(session, account) is not { } room)
                continue;
            foreach (var drop in drops.Where(d => !d.IsDuplicate && d.Recipient.AccountId == account))
            {
                drop.IsOverQuota = !room.Fits(drop.Judged.Content.Size, 1);
                if (!drop.IsOverQuota)
                    room = room.After(drop.Judged.Content.Size, 1);
            }
        }
    }

    /// <summary>On a database over a network, the UIDs of all INBOXes that are there, in two round trips; by account.</summary>
    private static async Task<Dictionary<long, MailboxAdvance>> AdvanceInboxesAsync(DatabaseSession session, List<Target> targets)
    {
        if (!session.IsShared || targets.Count < 2)
            return [];
        var accounts = targets.Select(t => t.AccountId).ToArray();
        await session.LockAsync("SELECT id FROM mailboxes WHERE account_id = ANY(@accounts) AND name = 'INBOX' ORDER BY account_id FOR NO KEY UPDATE", ("@accounts", accounts));
        var advanced = await session.QueryAsync(
            AdvanceInboxes,
            MailboxAdvance.Read,
            ("@accounts", accounts), ("@counts", targets.Select(t => (long)t.Fresh.Count).ToArray()), ("@octets", targets.Select(t => t.Octets).ToArray()));
        return advanced.ToDictionary(mailbox => mailbox.AccountId);
    }

    private static async Task<MailboxAdvance?> TakeUidsAsync(DatabaseSession session, Target target, DateTimeOffset now)
    {
        var taken = await AdvanceAsync(session, target);
        if (taken is not null || !await MailboxRows.EnsureDefaultsAsync(session, target.AccountId, now))
            return taken;
        if (target.Junk)
            await EnsureJunkAsync(session, target.AccountId, now);
        return await AdvanceAsync(session, target);
    }

    private static Task<MailboxAdvance?> AdvanceAsync(DatabaseSession session, Target target) => session.FirstAsync(
        target.Junk ? AdvanceJunk : AdvanceInbox,
        MailboxAdvance.Read,
        ("@account", target.AccountId), ("@uids", target.Fresh.Count), ("@messages", target.Fresh.Count), ("@octets", target.Octets));

    private const string AdvanceInboxes =
        $"""
        UPDATE mailboxes
        SET uid_next = uid_next + v.arrived, highest_mod_seq = highest_mod_seq + 1, messages = messages + v.arrived, size_bytes = size_bytes + v.octets
        FROM unnest(@accounts, @counts, @octets) AS v(account, arrived, octets)
        WHERE account_id = v.account AND name = 'INBOX' RETURNING {MailboxAdvance.Columns}
        """;

    private const string AdvanceInbox =
        $"UPDATE mailboxes SET {MailboxRows.Advance} WHERE account_id = @account AND name = 'INBOX' RETURNING {MailboxAdvance.Columns}";

    // The last condition again for a mailbox that another copy deletes between the look and the lock.
    private const string AdvanceJunk =
        $"""
        UPDATE mailboxes SET {MailboxRows.Advance}
        WHERE id = (SELECT min(id) FROM mailboxes WHERE account_id = @account AND special_use = '\Junk' AND no_select = FALSE) AND no_select = FALSE
        RETURNING {MailboxAdvance.Columns}
        """;

    /// <summary>The user removed or renamed the mailbox for junk: one is made again, or found by its name.</summary>
    private static async Task EnsureJunkAsync(DatabaseSession session, long accountId, DateTimeOffset now)
    {
        await MailboxRows.LockAccountAsync(session, accountId);
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
        var delivered = drops.FindAll(d => d.Mailbox is not null);
        if (delivered.Count == 0)
            return;
        var contents = delivered.Select(d => d.Judged).Distinct().ToList();
        var ids = await IndexedContent.InsertAsync(session, contents.ConvertAll(c => c.Content), now);
        var idOf = contents.Zip(ids).ToDictionary(pair => pair.First, pair => pair.Second);
        await MessageRows.InsertAsync(session, delivered.ConvertAll(drop => (drop.Mailbox!.MailboxId, new MailboxMessage(
            drop.Uid, drop.Mailbox.ModSeq, SystemFlags.None, null, drop.Judged.Message.ReceivedAt, drop.Judged.Content.Size, idOf[drop.Judged]))), now);
    }

    /// <summary>The account is gone or full. The caller tells the sender; until it has, the recipient is not done.</summary>
    private static async Task ForgetUndeliveredAsync(DatabaseSession session, List<Drop> drops)
    {
        foreach (var drop in drops.Where(d => !d.IsDuplicate && d.Mailbox is null))
            await session.ExecuteAsync(
                "DELETE FROM deliveries WHERE message_id = @message AND recipient = @recipient",
                ("@message", drop.Key.MessageId), ("@recipient", drop.Key.Address));
    }

    /// <summary>A mailbox by its account, and what it gets.</summary>
    private sealed record Target(long AccountId, bool Junk, List<Drop> Fresh)
    {
        public long Octets { get; } = Fresh.Sum(d => d.Judged.Content.Size);
    }

    /// <summary>A message on its way to one recipient.</summary>
    private sealed class Drop(int position, JudgedContent judged, LocalRecipient recipient)
    {
        /// <summary>Of its message in the batch.</summary>
        public int Position { get; } = position;

        public JudgedContent Judged { get; } = judged;

        public LocalRecipient Recipient { get; } = recipient;

        public (string MessageId, string Address) Key => (Judged.Message.MessageId, Recipient.Address);

        public bool IsDuplicate { get; set; }

        public bool IsOverQuota { get; set; }

        public bool IsWanted => !IsDuplicate && !IsOverQuota;

        public MailboxAdvance? Mailbox { get; set; }

        public long Uid { get; set; }

        public RecipientOutcome ToOutcome() => new(Recipient, Mailbox?.Name, Uid, IsDuplicate) { OverQuota = IsOverQuota };
    }
}
