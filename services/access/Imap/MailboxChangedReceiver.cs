using MailMesh.Contracts;
using MailMesh.Hosting;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Moves the snapshots of this process forward, which wakes the sessions that IDLE.</summary>
public sealed class MailboxChangedReceiver(MailboxSnapshots snapshots) : IReceiver<MailboxChanged>
{
    public Task ReceiveAsync(MailboxChanged message, CancellationToken cancellationToken)
    {
        snapshots.OnMailboxChanged(message);
        return Task.CompletedTask;
    }
}
