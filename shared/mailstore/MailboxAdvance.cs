using System.Data.Common;

namespace MailMesh.Mailstore;

/// <summary>A mailbox's counters after it moved on.</summary>
internal sealed record MailboxAdvance(long AccountId, long MailboxId, string Name, long UidValidity, long UidNext, long ModSeq)
{
    public const string Columns = "account_id, id, name, uid_validity, uid_next, highest_mod_seq";

    public static MailboxAdvance Read(DbDataReader row) =>
        new(row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
}
