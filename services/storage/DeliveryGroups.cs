using MailMesh.Batching;
using MailMesh.Contracts;
using MailMesh.Mailstore;

namespace MailMesh.Storage;

/// <summary>Deliveries that arrive while a transaction is made durable share the next one.</summary>
public sealed class DeliveryGroups(MailboxStore store) : IAsyncDisposable
{
    /// <summary>Most messages in a transaction: past some hundreds nothing is gained, and their senders' followers wait longer.</summary>
    private const int MaxGroup = 256;

    /// <summary>Nobody waits for a delivery but its reader: a few more share its transaction.</summary>
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(30);

    private readonly GroupCommit<JudgedContent, DeliveryOutcome> _groups = new(
        messages =>
        {
            StorageMetrics.GroupSize.Record(messages.Count);
            return store.DeliverAsync(messages);
        },
        MaxGroup,
        pace: Pace);

    /// <summary>Completes when the message is durable in the mailboxes of its recipients.</summary>
    public async Task<DeliveryOutcome> DeliverAsync(DeliverMessage message) => await _groups.AddAsync(await store.IndexAsync(message));

    public ValueTask DisposeAsync() => _groups.DisposeAsync();
}
