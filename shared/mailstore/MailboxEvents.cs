using System.Diagnostics;
using MailMesh.Contracts;

namespace MailMesh.Mailstore;

/// <summary>Tells sessions that mailboxes moved on; after the commit, so an event never runs ahead of what the database shows.</summary>
internal static class MailboxEvents
{
    /// <remarks>
    /// A bus that is away does not undo a durable change: the sessions that miss the event catch up at their next command
    /// or with the mailbox's next event.
    /// </remarks>
    public static async Task PublishAsync(IMessageBus bus, params IReadOnlyList<MailboxChanged> changes)
    {
        foreach (var change in changes)
        {
            try
            {
                await bus.PublishAsync(change);
            }
            catch (Exception failure)
            {
                Debug.WriteLine(failure.Message);
            }
        }
    }
}
