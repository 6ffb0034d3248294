namespace MailMesh.Blobs;

/// <summary>What garbage collection needs of the store: which packs there are, and how to empty and remove one.</summary>
public interface IBlobCollector
{
    /// <summary>Every pack that takes no more bodies, in no order.</summary>
    IAsyncEnumerable<PackInfo> PacksAsync(CancellationToken cancellationToken = default);

    /// <summary>The pack of a reference. References into one pack are those that start with its name and a dot.</summary>
    /// <exception cref="BlobException">The text is no reference.</exception>
    string PackOf(string reference);

    /// <summary>The packs of all references that stand in a text, whatever else does.</summary>
    IEnumerable<string> PacksIn(string text);

    /// <summary>Octets that a body takes in its pack.</summary>
    /// <exception cref="BlobException">The text is no reference.</exception>
    long StoredBytes(string reference);

    /// <summary>True where a pack holds many bodies, so that some can die while others live.</summary>
    bool IsShared(string pack);

    /// <summary>Writes a body anew, into a pack that is in use now; gives its new reference. The old one stays good until its pack is deleted.</summary>
    /// <exception cref="BlobException">The body is damaged.</exception>
    /// <exception cref="IOException">The store cannot take it.</exception>
    Task<string> RewriteAsync(string reference, CancellationToken cancellationToken = default);

    /// <summary>Removes a pack and every body in it.</summary>
    Task DeleteAsync(string pack, CancellationToken cancellationToken = default);

    /// <summary>Removes what writers left unfinished before this moment.</summary>
    Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default);

    /// <summary>Writes to the object store what processes that ended kept in the journal before this moment; gives the number of packs.</summary>
    /// <exception cref="IOException">The store cannot take it.</exception>
    Task<int> CompleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default);
}
