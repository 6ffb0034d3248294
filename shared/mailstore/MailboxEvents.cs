using System.Diagnostics;
using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>Tells sessions that mailboxes moved on; after the commit, so an event never runs ahead of what the database shows.</summary>
internal static class MailboxEvents
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Names, subscriptions or rights of an account changed.</summary>
    public static Task PublishListingAsync(IMessageBus bus, long accountId) =>
        PublishAsync(bus, new MailboxChanged { AccountId = accountId, MailboxId = 0, ModSeq = 0, Listing = true });

    /// <remarks>
    /// A bus that is away does not undo a durable change: the sessions that miss the event catch up at their next command
    /// or with the mailbox's next event. Nor does it keep the command that made the change waiting.
    /// </remarks>
    public static async Task PublishAsync(IMessageBus bus, params IReadOnlyList<MailboxChanged> changes)
    {
        using var limit = new CancellationTokenSource(Patience);
        foreach (var change in changes)
        {
            try
            {
                await bus.PublishAsync(change, limit.Token);
            }
            catch (Exception failure)
            {
                Debug.WriteLine(failure.Message);
            }
        }
    }
}
