using System.Data.Common;
using MailMesh.Database;

namespace MailMesh.Tracking;

/// <summary>The table behind the log: groups in, stories out.</summary>
internal sealed class TrackingTable(MailDatabase database)
{
    /// <summary>When the first lines all fail alone too, the database is away.</summary>
    private const int Probes = 3;

    private static readonly RowInsert Insert = new(
        "tracking", [("message_id", "text"), ("at", "bigint"), ("service", "text"), ("event", "text"), ("recipient", "text"), ("detail", "text")]);

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

    private Task InsertAsync(DatabaseSession session, List<TrackingEvent> lines) => Insert.RunAsync(session, lines.ConvertAll(line => new object?[]
    {
        line.MessageId, line.At.ToUnixTimeMilliseconds(), line.Service, line.Event, line.Recipient, _detail.Encode(line.Detail),
    }));
}
