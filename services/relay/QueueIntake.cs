using MailMesh.Batching;
using MailMesh.Contracts;
using MailMesh.Outbound;

namespace MailMesh.Relay;

/// <summary>Commands become queue rows; those that arrive together share a transaction.</summary>
internal sealed class QueueIntake(OutboundQueue queue) : IAsyncDisposable
{
    private readonly GroupCommit<RelayMessage, bool> _commits = new(async messages =>
    {
        await queue.EnqueueAsync(messages);
        return [.. messages.Select(_ => true)];
    });

    /// <summary>Completes when the rows are durable.</summary>
    public Task AddAsync(RelayMessage message, CancellationToken cancellationToken) => _commits.AddAsync(message, cancellationToken);

    public ValueTask DisposeAsync() => _commits.DisposeAsync();
}
