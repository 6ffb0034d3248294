using System.Data.Common;

namespace MailMesh.Database;

/// <summary>Every session of this process was in use for seconds: the database is slow, or there is too much to do.</summary>
public sealed class DatabaseBusyException(int sessions)
    : DbException($"All {sessions} database sessions of this process are in use.")
{
    public override bool IsTransient => true;
}
