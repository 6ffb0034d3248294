using MailMesh.Database;
using MailMesh.Relay.Client;

namespace MailMesh.Relay;

/// <summary>Rows of one message for one destination: they share a transaction.</summary>
internal sealed class MessageGroup(QueueEntry first)
{
    private readonly List<QueueEntry> _rows = [first];

    public IReadOnlyList<QueueEntry> Rows => _rows;

    public string MessageId => First.MessageId;

    public QueueEntry First => _rows[0];

    /// <summary>False when the transaction is full, or the row is of another message.</summary>
    public bool TryAdd(QueueEntry row)
    {
        if (_rows.Count >= SmtpTransaction.MaxRecipients || row.MessageId != MessageId)
            return false;
        _rows.Add(row);
        return true;
    }

    public static List<MessageGroup> Of(IEnumerable<QueueEntry> rows)
    {
        var groups = new List<MessageGroup>();
        var open = new Dictionary<string, MessageGroup>();
        foreach (var row in rows)
        {
            if (open.TryGetValue(row.MessageId, out var group) && group.TryAdd(row))
                continue;
            group = new MessageGroup(row);
            open[row.MessageId] = group;
            groups.Add(group);
        }
        return groups;
    }
}
