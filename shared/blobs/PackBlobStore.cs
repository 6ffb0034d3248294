namespace MailMesh.Blobs;

/// <summary>Bodies in packs, each pack write shared by the bodies that gathered.</summary>
public sealed class PackBlobStore : IBlobStore
{
    /// <summary>Packs as segment files in a folder.</summary>
    public static PackBlobStore OnFiles(string folder) => throw new NotImplementedException(folder);

    public BlobWriter Create() => throw new NotImplementedException();

    public ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken) => throw new NotImplementedException();

    public Task CheckAsync(CancellationToken cancellationToken) => throw new NotImplementedException();
}
