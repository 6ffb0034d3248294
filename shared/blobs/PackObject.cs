namespace MailMesh.Blobs;

/// <summary>A pack of one record on its way. Disposing without <see cref="CompleteAsync"/> leaves nothing behind.</summary>
public abstract class PackObject : IAsyncDisposable
{
    public abstract string Pack { get; }

    public abstract ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets, CancellationToken cancellationToken = default);

    /// <summary>Makes the pack durable and readable.</summary>
    public abstract Task CompleteAsync(CancellationToken cancellationToken = default);

    public abstract ValueTask DisposeAsync();
}
