using System.Text;
using MailMesh.Database;
using MailMesh.Dsn;

namespace MailMesh.Relay;

/// <summary>What a report says of the message, from one of its rows.</summary>
internal static class RowReport
{
    /// <summary>Without recipients: they are the caller's to add.</summary>
    public static StatusReport Of(QueueEntry row) => new()
    {
        MessageId = row.MessageId,
        ReversePath = row.ReversePath,
        Body = row.Blob,
        HeaderPrefix = Encoding.UTF8.GetString(row.HeaderPrefix),
        ReceivedAt = row.ReceivedAt,
        DsnReturn = row.DsnReturn,
        EnvelopeId = row.EnvelopeId,
        RequireTls = row.RequireTls,
        Priority = row.Priority,
        DeliverBy = row.DeliverBy,
        Recipients = [],
    };
}
