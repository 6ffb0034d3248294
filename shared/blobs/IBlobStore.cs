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
    /// <exception cref="BlobUnavailableException">The store does not answer, or refuses; a read of the stream may say so too.</exception>
    ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default);

    /// <summary>Reads a body from <paramref name="offset"/>, without reading what lies before.</summary>
    /// <exception cref="BlobException">Nothing has this reference, or the store is damaged there.</exception>
    ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default);

    /// <summary>Fails when the store cannot be written to.</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}
