using MailMesh.Database;

namespace MailMesh.Mailstore;

/// <summary>What changed in a mailbox, by one statement: it sees one state of the database, and where that is another machine's each round trip counts.</summary>
internal static class ChangeQuery
{
    private const int Message = 1;
    private const int Vanished = 2;

    /// <summary>In the columns of a message, the kind of row behind them: 0 for the mailbox's counters, 2 for a UID that went.</summary>
    private const string Since =
        $"""
        SELECT uid_next, highest_mod_seq, 0, NULL, swept_mod_seq, 0, 0, 0 FROM mailboxes WHERE id = @id AND no_select = FALSE
        UNION ALL SELECT {MessageRows.Columns}, 1 FROM messages WHERE mailbox_id = @id AND mod_seq > @since
        UNION ALL SELECT uid, mod_seq, 0, NULL, 0, 0, 0, 2 FROM expunged WHERE mailbox_id = @id AND mod_seq > @since
        """;

    /// <summary>Null where the memory of what vanished does not go back that far.</summary>
    /// <exception cref="MailboxException">The mailbox is gone.</exception>
    public static async Task<MailboxChanges?> RunAsync(DatabaseSession session, long mailboxId, long modSeq)
    {
        (long UidNext, long ModSeq, long Swept)? mailbox = null;
        var changed = new List<MailboxMessage>();
        var vanished = new List<long>();
        await session.QueryAsync(
            Since,
            row =>
            {
                var kind = row.GetInt32(7);
                if (kind == Message)
                    changed.Add(MessageRows.Read(row));
                else if (kind == Vanished)
                    vanished.Add(row.GetInt64(0));
                else
                    mailbox = (row.GetInt64(0), row.GetInt64(1), row.GetInt64(4));
                return kind;
            },
            ("@id", mailboxId), ("@since", modSeq));
        if (mailbox is not var (uidNext, highest, swept))
            throw MailboxRows.Missing();
        if (modSeq < swept)
            return null;
        changed.Sort((a, b) => a.Uid.CompareTo(b.Uid)); // here: an ORDER BY would lead SQLite away from the index on mod_seq
        vanished.Sort();
        return new MailboxChanges(uidNext, highest, changed, vanished);
    }
}
