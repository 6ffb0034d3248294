using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Spool;

namespace MailMesh.Protocol.Tests;

/// <summary>Takes notifications as the spool does, by id, so that a test can read them.</summary>
internal sealed class RecordingIntake : IMessageIntake
{
    public ConcurrentQueue<MessageReceived> Accepted { get; } = new();

    /// <summary>Called after a message was taken; what it throws is a crash at the caller.</summary>
    public Action AfterAccept { get; set; } = () => { };

    public Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default)
    {
        Accepted.Enqueue(message);
        AfterAccept();
        return Task.CompletedTask;
    }

    public void Expect(string messageId, int commands)
    {
    }

    public void Settle(string messageId)
    {
    }

    public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) => Task.FromResult(claim);

    public void Abandon(string messageId)
    {
    }

    public Task ForgetAsync(string messageId, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default) => Task.CompletedTask;
}
