using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>The contract on an object store.</summary>
public sealed class S3BlobStoreTests : BlobStoreContract
{
    private TestBucket _bucket = null!;

    public override async Task InitializeAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    protected override Task<PackBlobStore> OpenStoreAsync() => Task.FromResult(PackBlobStore.OnS3(_bucket.Options));
}
