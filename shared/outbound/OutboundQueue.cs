using MailMesh.Contracts;
using MailMesh.Database;

namespace MailMesh.Outbound;

/// <summary>The durable queue of mail for other servers: one row a recipient, leased by the relay that works on it.</summary>
public sealed class OutboundQueue(MailDatabase database, TimeProvider clock)
{
    private readonly object[] _dependencies = [database, clock];

    /// <summary>Adds rows for the recipients of these messages in one transaction; idempotent by (message id, recipient).</summary>
    public Task EnqueueAsync(IReadOnlyList<RelayMessage> messages) => throw new NotImplementedException(messages.Count + _dependencies.Length.ToString());
}
