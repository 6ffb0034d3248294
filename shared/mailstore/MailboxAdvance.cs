using System.Data.Common;

namespace MailMesh.Mailstore;

/// <summary>A mailbox's counters after it moved on.</summary>
internal sealed record MailboxAdvance(long AccountId, long MailboxId, string Name, long UidValidity, long UidNext, long ModSeq, long RecentUid)
{
    public const string Columns = "account_id, id, name, uid_validity, uid_next, highest_mod_seq, recent_uid";

    public static MailboxAdvance Read(DbDataReader row) => Read(row, 0);

    /// <param name="from">The first of its columns.</param>
    public static MailboxAdvance Read(DbDataReader row, int from) => new(
        row.GetInt64(from), row.GetInt64(from + 1), row.GetString(from + 2), row.GetInt64(from + 3), row.GetInt64(from + 4), row.GetInt64(from + 5), row.GetInt64(from + 6));

    /// <summary>What is new with it, for those who had the mailbox as it was before.</summary>
    /// <param name="changed">Messages with its MODSEQ, in UID order.</param>
    /// <param name="vanished">UIDs that went with it, ascending.</param>
    public MailboxChanges Changes(IReadOnlyList<MailboxMessage> changed, IReadOnlyList<long> vanished) => new(UidNext, ModSeq, changed, vanished);
}
