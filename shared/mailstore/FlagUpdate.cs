using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>STORE on rows: a statement a run of UIDs where SQL can do it, a statement a message where keywords are added or removed.</summary>
internal static class FlagUpdate
{
    private const string Where = "WHERE mailbox_id = @mailbox AND uid BETWEEN @first AND @last";

    /// <summary>Gives the number of messages that changed; one that already is as wanted does not take the new MODSEQ.</summary>
    public static async Task<int> RunAsync(DatabaseSession session, MailboxAdvance mailbox, IReadOnlyList<long> uids, FlagChange change)
    {
        var changed = 0;
        foreach (var run in MessageRows.Runs(uids))
            changed += (change.Operation == FlagOperation.Replace ? !change.Settable.IsAll : change.Keywords.Count > 0)
                ? await ChangeKeywordsAsync(session, mailbox, run, change)
                : await ChangeFlagsAsync(session, mailbox, run, change);
        return changed;
    }

    private static Task<int> ChangeFlagsAsync(DatabaseSession session, MailboxAdvance mailbox, (long First, long Last) run, FlagChange change)
    {
        (string, object?)[] parameters =
            [("@mailbox", mailbox.MailboxId), ("@first", run.First), ("@last", run.Last), ("@flags", (int)change.Flags), ("@mod_seq", mailbox.ModSeq)];
        return change.Operation switch
        {
            FlagOperation.Add => session.ExecuteAsync(
                $"UPDATE messages SET flags = flags | @flags, mod_seq = @mod_seq {Where} AND (flags & @flags) <> @flags", parameters),
            FlagOperation.Remove => session.ExecuteAsync(
                $"UPDATE messages SET flags = flags & ~@flags, mod_seq = @mod_seq {Where} AND (flags & @flags) <> 0", parameters),
            _ => session.ExecuteAsync(
                $"UPDATE messages SET flags = @flags, keywords = @keywords, mod_seq = @mod_seq {Where} AND (flags <> @flags OR coalesce(keywords, '') <> coalesce(@keywords, ''))",
                [.. parameters, ("@keywords", KeywordText.From(change.Keywords))]),
        };
    }

    private static async Task<int> ChangeKeywordsAsync(DatabaseSession session, MailboxAdvance mailbox, (long First, long Last) run, FlagChange change)
    {
        var changed = 0;
        var messages = await session.QueryAsync(
            $"SELECT {MessageRows.Columns} FROM messages {Where}", MessageRows.Read, ("@mailbox", mailbox.MailboxId), ("@first", run.First), ("@last", run.Last));
        foreach (var message in messages)
        {
            var flags = change.Apply(message.Flags);
            var keywords = KeywordText.Apply(message.Keywords, change);
            if (flags == message.Flags && keywords == message.Keywords)
                continue;
            changed += await session.ExecuteAsync(
                "UPDATE messages SET flags = @flags, keywords = @keywords, mod_seq = @mod_seq WHERE mailbox_id = @mailbox AND uid = @uid",
                ("@flags", (int)flags), ("@keywords", keywords), ("@mod_seq", mailbox.ModSeq), ("@mailbox", mailbox.MailboxId), ("@uid", message.Uid));
        }
        return changed;
    }
}
