using System.Data.Common;

namespace MailMesh.Mailstore;

/// <summary>A mailbox's counters after it moved on.</summary>
internal sealed record MailboxAdvance(long AccountId, long MailboxId, string Name, long UidValidity, long UidNext, long ModSeq, long RecentUid)
{
    public const string Columns = "account_id, id, name, uid_validity, uid_next, highest_mod_seq, recent_uid";

    /// <summary>Of the table by the name m, in the order of <see cref="Read"/>.</summary>
    public const string QualifiedColumns = "m.account_id, m.id, m.name, m.uid_validity, m.uid_next, m.highest_mod_seq, m.recent_uid";

    public static MailboxAdvance Read(DbDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5), row.GetInt64(6));

    /// <summary>What is new with it, for those who had the mailbox as it was before.</summary>
    /// <param name="changed">Messages with its MODSEQ, in UID order.</param>
    /// <param name="vanished">UIDs that went with it, ascending.</param>
    public MailboxChanges Changes(IReadOnlyList<MailboxMessage> changed, IReadOnlyList<long> vanished) => new(UidNext, ModSeq, changed, vanished);
}
