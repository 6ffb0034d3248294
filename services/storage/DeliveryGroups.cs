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

    private readonly DeliveryOrder _order = new();

    /// <summary>Completes when the message is durable in the mailboxes of its recipients.</summary>
    /// <remarks>What came first for an account gets the lower UID there, though bodies are read side by side, unless it failed and comes again.</remarks>
    public async Task<DeliveryOutcome> DeliverAsync(DeliverMessage message)
    {
        Task<DeliveryOutcome> delivery;
        using (var turn = _order.Enter(message.Recipients.Select(recipient => recipient.AccountId)))
        {
            var content = await store.IndexAsync(message);
            await turn.WaitAsync();
            delivery = _groups.AddAsync(content);
        }
        return await delivery;
    }

    public ValueTask DisposeAsync() => _groups.DisposeAsync();
}
