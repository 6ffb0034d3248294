namespace MailMesh.Blobs;

/// <summary>
/// Immutable message bodies. A body is compressed, gathers with others into one durable write, and is addressed by a
/// reference that is opaque outside this library. Two ship: files, and S3.
/// </summary>
public interface IBlobStore
{
    /// <summary>Starts a body that arrives in pieces; memory stays bounded however long it gets.</summary>
    BlobWriter Create();

    /// <summary>Reads a body from its start; its SHA-256 is verified when the last octet is read.</summary>
    /// <exception cref="BlobException">Nothing has this reference, or the octets are not those that were written.</exception>
    ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default);

    /// <summary>Reads a body from <paramref name="offset"/>, without reading what lies before.</summary>
    /// <exception cref="BlobException">Nothing has this reference, or the store is damaged there.</exception>
    ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default);

    /// <summary>Fails when the store cannot be written to.</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}

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

/// <summary>A body is missing or damaged.</summary>
public sealed class BlobException(string message, Exception? inner = null) : IOException(message, inner);
