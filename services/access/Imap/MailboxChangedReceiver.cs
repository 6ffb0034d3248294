using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Moves the snapshots of this process forward, and its watches of accounts, which wakes the sessions that IDLE or asked by NOTIFY.</summary>
public sealed class MailboxChangedReceiver(MailboxSnapshots snapshots, AccountWatches watches) : IReceiver<MailboxChanged>
{
    public Task ReceiveAsync(MailboxChanged message, CancellationToken cancellationToken)
    {
        snapshots.OnMailboxChanged(message);
        watches.OnMailboxChanged(message);
        return Task.CompletedTask;
    }
}
