using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>The contract on an object store with a journal before it, as access has it.</summary>
public sealed class JournaledBlobStoreTests : BlobStoreContract
{
    private TestBucket _bucket = null!;
    private EngineDatabase _database = null!;

    public override async Task InitializeAsync()
    {
        _bucket = await TestBucket.CreateAsync();
        _database = await EngineDatabase.CreateAsync(DatabaseEngine.Postgres);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _database.DisposeAsync();
        await _bucket.DisposeAsync();
    }

    protected override Task<PackBlobStore> OpenStoreAsync() =>
        Task.FromResult(PackBlobStore.OnS3(_bucket.Options with { ServesReaders = true }, _database.Main));
}
