namespace MailMesh.Blobs;

/// <summary>A body on its way into the store. Disposing without <see cref="CompleteAsync"/> leaves nothing behind.</summary>
public abstract class BlobWriter : IAsyncDisposable
{
    /// <summary>Octets written so far.</summary>
    public abstract long Length { get; }

    /// <summary>Takes the next octets of the body; copies what it keeps.</summary>
    /// <exception cref="IOException">The store cannot take them, such as a full disk.</exception>
    public abstract ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken = default);

    /// <summary>Makes the body durable; gives its reference.</summary>
    /// <exception cref="IOException">The store cannot take it, such as a full disk.</exception>
    public abstract Task<string> CompleteAsync(CancellationToken cancellationToken = default);

    public abstract ValueTask DisposeAsync();
}
