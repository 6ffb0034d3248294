using Microsoft.Data.Sqlite;
using Npgsql;

namespace MailMesh.Database;

/// <summary>Tells faults that pass when the database is well again from those of a statement or of its data, which come again each time.</summary>
public static class DatabaseFaults
{
    /// <summary>
    /// True where the database, and not the statement, is at fault: away, starting, slow, out of room or of connections, a standby
    /// that takes no writes; and what an operator puts right there: wrong credentials, no such database, no schema yet.
    /// </summary>
    public static bool IsPassing(Exception failure)
    {
        for (var cause = failure; cause is not null; cause = cause.InnerException)
        {
            if (cause is AggregateException { InnerExceptions: { Count: > 1 } all })
                return all.All(IsPassing);
            if (IsPassingItself(cause))
                return true;
        }
        return false;
    }

    private static bool IsPassingItself(Exception failure) => failure switch
    {
        DatabaseBusyException => true,
        PostgresException postgres => IsPassing(postgres.SqlState),
        NpgsqlOperationInProgressException => false, // a session shared by two callers: our fault
        NpgsqlException => true, // none from the server: it could not be reached, or did not answer in time
        // https://sqlite.org/rescode.html: BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL, CANTOPEN
        SqliteException sqlite => sqlite.SqliteErrorCode is 5 or 6 or 7 or 8 or 10 or 13 or 14,
        _ => false,
    };

    // PostgreSQL, appendix A: the first two characters are the class.
    private static bool IsPassing(string state) => state[..2] switch
    {
        "08" => true, // connection exception
        "28" => true, // invalid authorisation
        "3D" => true, // no such database
        "40" => true, // transaction rollback: deadlock, serialisation
        "53" => true, // insufficient resources: disk, memory, connections
        "57" => true, // operator intervention: shutdown, starting, cancelled (time-out)
        "58" => true, // system error: input and output
        _ => state is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.InsufficientPrivilege
            or PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn,
    };
}
