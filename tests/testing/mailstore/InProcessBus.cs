using System.Collections.Concurrent;
using MailMesh.Contracts;

namespace MailMesh.Testing;

/// <summary>A bus within the test: keeps what was published, and hands it to subscribers at once.</summary>
public sealed class InProcessBus : IMessageBus
{
    private readonly ConcurrentQueue<object> _published = [];
    private readonly List<Action<object>> _subscribers = [];

    public IReadOnlyList<T> Published<T>() => [.. _published.OfType<T>()];

    public void Forget() => _published.Clear();

    public void Subscribe<T>(Action<T> handler) => _subscribers.Add(message =>
    {
        if (message is T wanted)
            handler(wanted);
    });

    public Task PublishAsync<T>(T message, CancellationToken cancellationToken = default)
        where T : class
    {
        _published.Enqueue(message);
        foreach (var subscriber in _subscribers)
            subscriber(message);
        return Task.CompletedTask;
    }

    public Task SendAsync<T>(Uri queue, T message, CancellationToken cancellationToken = default)
        where T : class => PublishAsync(message, cancellationToken);
}
