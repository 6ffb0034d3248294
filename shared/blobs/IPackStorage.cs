namespace MailMesh.Blobs;

/// <summary>Where packs lie. Two ship: segment files, and S3 objects. Every failure is an <see cref="IOException"/>.</summary>
public interface IPackStorage : IAsyncDisposable
{
    /// <summary>Makes a group of records durable in one operation. One call at a time.</summary>
    /// <param name="octets">The group, in order.</param>
    /// <returns>Where the group's first octet is; the others follow it.</returns>
    Task<PackPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets);

    /// <summary>Starts a pack of one record that is written as it arrives.</summary>
    Task<PackObject> CreateAsync(CancellationToken cancellationToken = default);

    /// <summary>Reads into the buffer until it is full or the pack ends; gives the octets read.</summary>
    /// <exception cref="BlobException">No such pack.</exception>
    ValueTask<int> ReadAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default);

    /// <summary>Drops what is kept in memory of a pack; true where there was something, so that a second read may give other octets.</summary>
    bool Forget(string pack);

    /// <summary>Every pack that takes no more records, in no order.</summary>
    IAsyncEnumerable<PackInfo> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a pack; nothing where it is gone already.</summary>
    Task DeleteAsync(string pack, CancellationToken cancellationToken = default);

    /// <summary>Removes what writers left unfinished before this moment.</summary>
    Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>Fails when nothing can be written.</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}
