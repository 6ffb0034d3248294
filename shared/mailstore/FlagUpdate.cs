using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>STORE on rows: a statement a run of UIDs where SQL can do it, a statement a message where keywords are added or removed.</summary>
internal static class FlagUpdate
{
    private const string Run = "mailbox_id = @mailbox AND uid BETWEEN @first AND @last";
    private const string Add = "flags = flags | @flags";
    private const string Addable = "(flags & @flags) <> @flags";
    private const string Remove = "flags = flags & ~@flags";
    private const string Removable = "(flags & @flags) <> 0";
    private const string Replace = "flags = @flags, keywords = @keywords";
    private const string Replaceable = "(flags <> @flags OR coalesce(keywords, '') <> coalesce(@keywords, ''))";

    private static readonly Script Adding = Single(Add, Addable);
    private static readonly Script Removing = Single(Remove, Removable);
    private static readonly Script Replacing = Single(Replace, Replaceable);

    /// <summary>Whether <see cref="RunScriptAsync"/> can do it.</summary>
    public static bool IsScript(IReadOnlyList<long> uids, FlagChange change) => uids[^1] - uids[0] == uids.Count - 1 && !IsByMessage(change);

    /// <summary>The whole change of one run of UIDs by one statement, which SQLite could not read; null where no message changes.</summary>
    public static async Task<(MailboxAdvance Mailbox, List<MailboxMessage> Changed)?> RunScriptAsync(
        RunScript run, long mailboxId, IReadOnlyList<long> uids, FlagChange change)
    {
        MailboxAdvance? mailbox = null;
        var changed = new List<MailboxMessage>();
        await run(
            change.Operation switch { FlagOperation.Add => Adding, FlagOperation.Remove => Removing, _ => Replacing },
            [("@mailbox", mailboxId), ("@first", uids[0]), ("@last", uids[^1]), ("@flags", (int)change.Flags), ("@keywords", KeywordText.From(change.Keywords))],
            row =>
            {
                changed.Add(MessageRows.Read(row));
                mailbox ??= MailboxAdvance.Read(row, MessageRows.ColumnCount);
            });
        changed.Sort((a, b) => a.Uid.CompareTo(b.Uid)); // RETURNING promises no order
        return mailbox is null ? null : (mailbox, changed);
    }

    /// <summary>Any change of any UIDs, with the mailbox's new MODSEQ, or null; and the UIDs that it was not made of.</summary>
    /// <param name="unchangedSince">RFC 7162 §3.1.3: only of those whose MODSEQ is no higher.</param>
    public static async Task<((MailboxAdvance Mailbox, List<MailboxMessage> Changed)? Stored, List<long> Refused)> RunAsync(
        DatabaseSession session, long mailboxId, IReadOnlyList<long> uids, FlagChange change, long? unchangedSince)
    {
        // Takes the lock: nobody changes a message between the look at its MODSEQ and the change.
        var mailbox = await MailboxRows.AdvanceAsync(session, mailboxId);
        var refused = unchangedSince is { } modSeq ? await MessageRows.ModifiedAsync(session, mailboxId, uids, modSeq) : [];
        var changed = await ChangeAsync(session, mailbox, refused.Count == 0 ? uids : [.. uids.Except(refused)], change);
        if (changed.Count > 0)
            return ((mailbox, changed), refused);
        await MailboxRows.RetreatAsync(session, mailboxId);
        return (null, refused);
    }

    /// <summary>Gives the messages that changed, in UID order; one that already is as wanted does not take the new MODSEQ.</summary>
    private static async Task<List<MailboxMessage>> ChangeAsync(DatabaseSession session, MailboxAdvance mailbox, IReadOnlyList<long> uids, FlagChange change)
    {
        var changed = new List<MailboxMessage>();
        foreach (var run in MessageRows.Runs(uids))
            changed.AddRange(IsByMessage(change) ? await ChangeKeywordsAsync(session, mailbox, run, change) : await ChangeFlagsAsync(session, mailbox, run, change));
        changed.Sort((a, b) => a.Uid.CompareTo(b.Uid)); // RETURNING promises no order
        return changed;
    }

    private static bool IsByMessage(FlagChange change) => change.Operation == FlagOperation.Replace ? !change.Settable.IsAll : change.Keywords.Count > 0;

    /// <summary>
    /// The mailbox's row comes first, and stays locked; a message that another transaction changed meanwhile is looked at again as it is then (READ COMMITTED), so
    /// that a mailbox may at worst move on for a change that is no longer needed.
    /// </summary>
    private static Script Single(string change, string isNeeded) => new(
        $"""
        WITH m AS (
            UPDATE mailboxes SET highest_mod_seq = highest_mod_seq + 1
            WHERE id = @mailbox AND no_select = FALSE AND EXISTS (SELECT 1 FROM messages WHERE {Run} AND {isNeeded})
            RETURNING {MailboxAdvance.Columns}
        ), c AS (
            UPDATE messages SET {change}, mod_seq = m.highest_mod_seq FROM m WHERE {Run} AND {isNeeded} RETURNING {MessageRows.Columns}
        )
        SELECT c.*, m.* FROM m, c
        """);

    private static Task<List<MailboxMessage>> ChangeFlagsAsync(DatabaseSession session, MailboxAdvance mailbox, (long First, long Last) run, FlagChange change)
    {
        (string, object?)[] parameters =
            [("@mailbox", mailbox.MailboxId), ("@first", run.First), ("@last", run.Last), ("@flags", (int)change.Flags), ("@mod_seq", mailbox.ModSeq)];
        return change.Operation switch
        {
            FlagOperation.Add => session.QueryAsync(
                $"UPDATE messages SET {Add}, mod_seq = @mod_seq WHERE {Run} AND {Addable} RETURNING {MessageRows.Columns}", MessageRows.Read, parameters),
            FlagOperation.Remove => session.QueryAsync(
                $"UPDATE messages SET {Remove}, mod_seq = @mod_seq WHERE {Run} AND {Removable} RETURNING {MessageRows.Columns}", MessageRows.Read, parameters),
            _ => session.QueryAsync(
                $"UPDATE messages SET {Replace}, mod_seq = @mod_seq WHERE {Run} AND {Replaceable} RETURNING {MessageRows.Columns}",
                MessageRows.Read, [.. parameters, ("@keywords", KeywordText.From(change.Keywords))]),
        };
    }

    private static async Task<List<MailboxMessage>> ChangeKeywordsAsync(DatabaseSession session, MailboxAdvance mailbox, (long First, long Last) run, FlagChange change)
    {
        var changed = new List<MailboxMessage>();
        var messages = await session.QueryAsync(
            $"SELECT {MessageRows.Columns} FROM messages WHERE {Run}", MessageRows.Read, ("@mailbox", mailbox.MailboxId), ("@first", run.First), ("@last", run.Last));
        foreach (var message in messages)
        {
            var flags = change.Apply(message.Flags);
            var keywords = KeywordText.Apply(message.Keywords, change);
            if (flags == message.Flags && keywords == message.Keywords)
                continue;
            changed.AddRange(await session.QueryAsync(
                $"UPDATE messages SET flags = @flags, keywords = @keywords, mod_seq = @mod_seq WHERE mailbox_id = @mailbox AND uid = @uid RETURNING {MessageRows.Columns}",
                MessageRows.Read, ("@flags", (int)flags), ("@keywords", keywords), ("@mod_seq", mailbox.ModSeq), ("@mailbox", mailbox.MailboxId), ("@uid", message.Uid)));
        }
        return changed;
    }
}
