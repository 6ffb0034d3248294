using MailMesh.Blobs;
using MailMesh.Testing;
using Xunit.Sdk;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>The contract on an object store.</summary>
public sealed class S3BlobStoreTests : BlobStoreContract
{
    private TestBucket? _bucket;

    public override async Task InitializeAsync()
    {
        if (EngineAddresses.Missing is { } missing)
            throw SkipException.ForSkip(missing); // before a body is written: the contract's facts are those of files too
        _bucket = await TestBucket.CreateAsync();
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        if (_bucket is null)
            return;
        await base.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    protected override Task<PackBlobStore> OpenStoreAsync() => Task.FromResult(PackBlobStore.OnS3(_bucket!.Options));
}
