using MailMesh.Blobs;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>The contract on segment files.</summary>
public sealed class FileBlobStoreTests : BlobStoreContract
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-blobs-").FullName;

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    protected override Task<PackBlobStore> OpenStoreAsync() => Task.FromResult(PackBlobStore.OnFiles(_folder));
}
