using System.Collections.Concurrent;
using MailMesh.Contracts;

namespace MailMesh.Testing;

/// <summary>A bus that keeps what was published, and can be made to fail.</summary>
public sealed class MemoryMessageBus : IMessageBus
{
    private readonly ConcurrentQueue<object> _published = new();

    /// <summary>Called with each message before it counts as published; what it throws, publishing throws.</summary>
    public Action<object> Publishing { get; set; } = _ => { };

    public IReadOnlyList<T> Published<T>() => [.. _published.OfType<T>()];

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken = default)
        where T : class
    {
        Publishing(message);
        _published.Enqueue(message);
        return Task.CompletedTask;
    }

    public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken = default)
        where T : class => PublishAsync(message, cancellationToken);
}
