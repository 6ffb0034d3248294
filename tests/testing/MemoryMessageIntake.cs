using System.Collections.Concurrent;
using MailMesh.Contracts;
using MailMesh.Spool;

namespace MailMesh.Testing;

/// <summary>An intake that keeps messages in memory; a test decides what becomes of each.</summary>
public sealed class MemoryMessageIntake : IMessageIntake
{
    private readonly ConcurrentDictionary<string, MessageReceived> _messages = new();
    private readonly ConcurrentQueue<string> _resubmitted = new();
    private readonly ConcurrentQueue<string> _abandoned = new();

    /// <summary>Called when a message is durable: where filtering would begin. What it throws, accepting throws.</summary>
    public Action<MessageReceived> Accepted { get; set; } = _ => { };

    /// <summary>Called before a message is forgotten.</summary>
    public Action<string> Forgetting { get; set; } = _ => { };

    /// <summary>Messages taken and not forgotten.</summary>
    public IReadOnlyCollection<MessageReceived> Messages => [.. _messages.Values];

    public IReadOnlyCollection<string> Resubmitted => _resubmitted;

    public Task AcceptAsync(MessageReceived message, CancellationToken cancellationToken = default)
    {
        Accepted(message);
        _messages[message.MessageId] = message;
        return Task.CompletedTask;
    }

    public void Expect(string messageId, int commands)
    {
    }

    public void Settle(string messageId)
    {
    }

    /// <summary>What stands of a message; the claim itself by default.</summary>
    public Func<string, MessageClaim, MessageClaim> Claiming { get; set; } = (_, claim) => claim;

    public IReadOnlyCollection<string> Abandoned => [.. _abandoned];

    public Task<MessageClaim> ClaimAsync(string messageId, MessageClaim claim, CancellationToken cancellationToken = default) =>
        Task.FromResult(Claiming(messageId, claim));

    public void Abandon(string messageId) => _abandoned.Enqueue(messageId);

    public Task ForgetAsync(string messageId, CancellationToken cancellationToken = default)
    {
        Forgetting(messageId);
        _messages.TryRemove(messageId, out _);
        return Task.CompletedTask;
    }

    public Task ResubmitAsync(string messageId, CancellationToken cancellationToken = default)
    {
        _resubmitted.Enqueue(messageId);
        return Task.CompletedTask;
    }
}
