using System.Diagnostics;
using MailMesh.Database;
using MailMesh.Testing;

namespace MailMesh.Bench;

/// <summary>What one IMAP command costs in mailboxes of growing size.</summary>
internal sealed class Growth(MailMeshSystem system)
{
    /// <summary>Distinct messages, over and over.</summary>
    private const int Contents = 1000;

    private const int Repetitions = 5;

    private static readonly string[] Commands =
    [
        "SELECT INBOX", "FETCH 1:* (FLAGS)", "FETCH 1:* (UID FLAGS ENVELOPE)", "FETCH 1:20 (UID FLAGS ENVELOPE)", "STORE 7 +FLAGS (\\Flagged)", "STORE 7 -FLAGS (\\Flagged)",
        "SEARCH UNSEEN", "UID SEARCH RETURN (COUNT) FLAGGED",
    ];

    /// <summary>The best time of each command, the first SELECT before them, and what the process holds after them.</summary>
    public static IEnumerable<string> Columns => ["first SELECT", .. Commands, "MiB"];

    public async Task<IReadOnlyList<double>> MeasureAsync(int account, int messages)
    {
        await FillAsync(account, messages);
        using var client = new AccessConnection(system.ImapPorts[0], system.Account(account), system.Password);
        var figures = new List<double> { Milliseconds(client, Commands[0]) };
        foreach (var command in Commands)
            figures.Add(Enumerable.Range(0, command.StartsWith("FETCH 1:* ", StringComparison.Ordinal) ? 1 : Repetitions).Min(_ => Milliseconds(client, command)));
        figures.Add(system.MemoryBytes() / 1048576.0);
        return figures;
    }

    private static double Milliseconds(AccessConnection client, string command)
    {
        var started = Stopwatch.GetTimestamp();
        client.Run(command);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Some messages by IMAP; the others are rows like theirs, since appending a million would take longer than all that is measured.</summary>
    private async Task FillAsync(int account, int messages)
    {
        using (var client = new AccessConnection(system.ImapPorts[0], system.Account(account), system.Password))
        {
            for (var i = 0; i < Contents; i++)
                client.Append(AccessLoad.Message);
        }
        await using var database = MailDatabase.OnSqlite(Path.Combine(system.Server.Data, "mailmesh.db"));
        await database.WriteAsync(async session =>
        {
            const string Inbox = "(SELECT m.id FROM mailboxes m JOIN accounts a ON a.id = m.account_id WHERE a.address = @address AND m.name = 'INBOX')";
            await session.ExecuteAsync(
                $"""
                WITH RECURSIVE uids(uid) AS (SELECT {Contents} + 1 UNION ALL SELECT uid + 1 FROM uids WHERE uid < @last)
                INSERT INTO messages (mailbox_id, uid, mod_seq, flags, keywords, internal_date, size, content_id)
                SELECT m.mailbox_id, uids.uid, m.mod_seq, CASE WHEN uids.uid % 10 = 0 THEN 0 ELSE m.flags END, NULL, m.internal_date + uids.uid, m.size, m.content_id
                FROM uids JOIN messages m ON m.mailbox_id = {Inbox} AND m.uid = 1 + uids.uid % {Contents}
                """,
                ("@address", system.Account(account)), ("@last", messages));
            await session.ExecuteAsync(
                $"""
                UPDATE mailboxes SET uid_next = @last + 1, highest_mod_seq = highest_mod_seq + 1, messages = @last,
                    size_bytes = (SELECT sum(size) FROM messages WHERE mailbox_id = mailboxes.id) WHERE id = {Inbox}
                """,
                ("@address", system.Account(account)), ("@last", messages));
        });
    }
}
