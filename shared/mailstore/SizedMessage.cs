namespace MailMesh.Mailstore;

/// <summary>A message and its RFC822.SIZE.</summary>
internal readonly record struct SizedMessage(long Uid, long Size)
{
    public static SizedMessage Read(System.Data.Common.DbDataReader row) => new(row.GetInt64(0), row.GetInt64(1));
}
