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

    /// <summary>Every pack that takes no more records, in no order.</summary>
    IAsyncEnumerable<PackInfo> ListAsync(CancellationToken cancellationToken = default);

    /// <summary>Removes a pack; nothing where it is gone already.</summary>
    Task DeleteAsync(string pack, CancellationToken cancellationToken = default);

    /// <summary>Removes what writers left unfinished before this moment.</summary>
    Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>Fails when nothing can be written.</summary>
    Task CheckAsync(CancellationToken cancellationToken = default);
}

/// <summary>A place in a pack.</summary>
public readonly record struct PackPosition(string Pack, long Offset);

/// <param name="Name">The pack; references into it start with this and a dot.</param>
/// <param name="SizeBytes">Octets it takes in the store.</param>
/// <param name="WrittenAt">When it last took a record.</param>
public sealed record PackInfo(string Name, long SizeBytes, DateTimeOffset WrittenAt);

/// <summary>A pack of one record on its way. Disposing without <see cref="CompleteAsync"/> leaves nothing behind.</summary>
public abstract class PackObject : IAsyncDisposable
{
    public abstract string Pack { get; }

    public abstract ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets, CancellationToken cancellationToken = default);

    /// <summary>Makes the pack durable and readable.</summary>
    public abstract Task CompleteAsync(CancellationToken cancellationToken = default);

    public abstract ValueTask DisposeAsync();
}
