using MailMesh.Contracts;
using MailMesh.Mailstore;
using MassTransit;

namespace MailMesh.Access.Imap;

/// <summary>Moves the snapshots of this process forward, which wakes the sessions that IDLE.</summary>
public sealed class MailboxChangedConsumer(MailboxSnapshots snapshots) : IConsumer<MailboxChanged>
{
    public Task Consume(ConsumeContext<MailboxChanged> context)
    {
        snapshots.OnMailboxChanged(context.Message);
        return Task.CompletedTask;
    }
}
