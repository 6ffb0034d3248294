using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace MailMesh.Database;

/// <summary>Moves what SQLite's log holds into the database file, beside the writers and not within a commit of theirs, which would wait for all of it.</summary>
/// <param name="writeGate">Held by whoever writes.</param>
internal sealed class WalCheckpoints(string connectionString, SemaphoreSlim writeGate) : IAsyncDisposable
{
    /// <summary>Pages that writers put into the log before the next: 32 MiB. Each page is moved once, however often it changed meanwhile.</summary>
    private const int Pages = 8192;

    /// <summary>Beside the writers, who add to the log meanwhile: what they added in one round is the work of the next.</summary>
    private const int Rounds = 2;

    private Task _running = Task.CompletedTask;
    private int _pages;

    /// <summary>After each commit of the writer.</summary>
    public void Committed(SqliteConnection writer)
    {
        _ = raw.sqlite3_db_status(writer.Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var written, out _, resetFlg: 1);
        _pages += written;
        if (_pages < Pages || !_running.IsCompleted)
            return;
        _pages = 0;
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync() => await _running;

    private async Task RunAsync()
    {
        try
        {
            await using var connection = new SqliteConnection(connectionString);
            await connection.OpenAsync();
            for (var round = 0; round < Rounds; round++)
                Checkpoint(connection);
            // The rest, while nobody writes: the next one then starts the log anew, unless a long read still needs what is there.
            await writeGate.WaitAsync();
            try
            {
                Checkpoint(connection);
            }
            finally
            {
                writeGate.Release();
            }
        }
        catch (SqliteException failure)
        {
            // Such as a full disk, which commits tell of as well. The log grows, and the next turn takes it all.
            System.Diagnostics.Debug.WriteLine(failure.Message);
        }
    }

    private static void Checkpoint(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
        command.ExecuteNonQuery();
    }
}
