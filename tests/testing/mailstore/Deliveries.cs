using MailMesh.Contracts;
using MailMesh.Mailstore;

namespace MailMesh.Testing;

/// <summary>Both steps of a delivery, as the storage service takes them.</summary>
public static class Deliveries
{
    public static async Task<IReadOnlyList<DeliveryOutcome>> DeliverAsync(this MailboxStore store, IReadOnlyList<DeliverMessage> messages) =>
        await store.DeliverAsync(await Task.WhenAll(messages.Select(store.IndexAsync)));
}
