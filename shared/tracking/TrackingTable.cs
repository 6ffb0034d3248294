using System.Data.Common;
using MailMesh.Database;

namespace MailMesh.Tracking;

/// <summary>The table behind the log: groups in, stories out.</summary>
internal sealed class TrackingTable(MailDatabase database)
{
    /// <summary>Lines of one statement: saves round trips where the database is another machine.</summary>
    private const int RowsOfStatement = 16;

    /// <summary>When the first lines all fail alone too, the database is away.</summary>
    private const int Probes = 3;

    private static readonly string InsertMany = InsertText(RowsOfStatement);
    private static readonly string InsertOne = InsertText(1);

    private readonly TrackingDetail _detail = new();

    /// <summary>Makes the lines durable in one transaction; gives the number that the database will never take.</summary>
    public async Task<int> WriteAsync(List<TrackingEvent> lines)
    {
        try
        {
            await database.WriteAsync(session => InsertAsync(session, lines));
            return 0;
        }
        catch (DbException) when (lines.Count > 1)
        {
            return await WriteSinglyAsync(lines);
        }
    }

    public async Task<IReadOnlyList<TrackingEvent>> ReadAsync(string messageId) => await database.ReadAsync(session => session.QueryAsync(
        "SELECT at, service, event, recipient, detail FROM tracking WHERE message_id = @message_id ORDER BY at, id",
        row => new TrackingEvent
        {
            MessageId = messageId,
            At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(0)),
            Service = row.GetString(1),
            Event = row.GetString(2),
            Recipient = row.IsDBNull(3) ? null : row.GetString(3),
            Detail = TrackingDetail.Decode(row.GetString(4)),
        },
        ("message_id", messageId)));

    /// <summary>One line may be at fault for all: each gets a transaction of its own, and what still fails is given up.</summary>
    private async Task<int> WriteSinglyAsync(List<TrackingEvent> lines)
    {
        var failed = 0;
        for (var i = 0; i < lines.Count; i++)
        {
            var single = lines.GetRange(i, 1);
            try
            {
                await database.WriteAsync(session => InsertAsync(session, single));
            }
            catch (DbException)
            {
                failed++;
                if (failed == i + 1 && failed >= Math.Min(Probes, lines.Count))
                    throw;
            }
        }
        return failed;
    }

    private async Task InsertAsync(DatabaseSession session, List<TrackingEvent> lines)
    {
        var next = 0;
        for (; lines.Count - next >= RowsOfStatement; next += RowsOfStatement)
            await session.ExecuteAsync(InsertMany, Parameters(lines, next, RowsOfStatement));
        for (; next < lines.Count; next++)
            await session.ExecuteAsync(InsertOne, Parameters(lines, next, 1));
    }

    private (string Name, object? Value)[] Parameters(List<TrackingEvent> lines, int first, int count)
    {
        var parameters = new (string Name, object? Value)[count * Columns];
        for (var i = 0; i < count; i++)
        {
            var line = lines[first + i];
            var names = Names[i];
            var at = i * Columns;
            parameters[at] = (names[0], line.MessageId);
            parameters[at + 1] = (names[1], line.At.ToUnixTimeMilliseconds());
            parameters[at + 2] = (names[2], line.Service);
            parameters[at + 3] = (names[3], line.Event);
            parameters[at + 4] = (names[4], line.Recipient);
            parameters[at + 5] = (names[5], _detail.Encode(line.Detail));
        }
        return parameters;
    }

    private const int Columns = 6;

    private static readonly string[][] Names =
        [.. Enumerable.Range(0, RowsOfStatement).Select(i => new[] { $"@m{i}", $"@a{i}", $"@s{i}", $"@e{i}", $"@r{i}", $"@d{i}" })];

    private static string InsertText(int rows) =>
        "INSERT INTO tracking (message_id, at, service, event, recipient, detail) VALUES "
        + string.Join(", ", Enumerable.Range(0, rows).Select(i => $"(@m{i}, @a{i}, @s{i}, @e{i}, @r{i}, @d{i})"));
}
