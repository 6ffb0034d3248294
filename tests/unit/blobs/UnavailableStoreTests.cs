using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Unit.Tests.Blobs;

/// <summary>A store that fails is told apart from a body that is damaged, and from the connection of whoever reads.</summary>
public sealed class UnavailableStoreTests
{
    [Fact]
    public async Task What_the_store_does_not_give_is_unavailable_and_not_damaged()
    {
        var storage = new FailingStorage(new FilePackStorage(Scratch.NewFolder("unavailable")));
        await using var blobs = new PackBlobStore(storage);
        await using var writer = blobs.Create();
        await writer.WriteAsync("Subject: hi\r\n\r\n"u8.ToArray());
        var reference = await writer.CompleteAsync();

        storage.Failure = new IOException("The object store does not answer in time.");
        var failure = await Assert.ThrowsAsync<BlobUnavailableException>(() => blobs.OpenAsync(reference).AsTask());
        Assert.Equal(storage.Failure.Message, failure.Message);

        storage.Failure = new BlobException("The body's pack is missing.");
        await Assert.ThrowsAsync<BlobException>(() => blobs.OpenAsync(reference).AsTask());

        storage.Failure = null;
        await using var stream = await blobs.OpenAsync(reference);
        Assert.Equal(15, await stream.ReadAsync(new byte[100]));
    }

    private sealed class FailingStorage(IPackStorage inner) : IPackStorage
    {
        public IOException? Failure { get; set; }

        public ValueTask<int> ReadAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken) =>
            Failure is { } failure ? ValueTask.FromException<int>(failure) : inner.ReadAsync(pack, offset, buffer, cancellationToken);

        public Task<PackPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets) => inner.AppendAsync(octets);

        public Task<PackObject> CreateAsync(CancellationToken cancellationToken) => inner.CreateAsync(cancellationToken);

        public bool Forget(string pack) => inner.Forget(pack);

        public IAsyncEnumerable<PackInfo> ListAsync(CancellationToken cancellationToken) => inner.ListAsync(cancellationToken);

        public Task DeleteAsync(string pack, CancellationToken cancellationToken) => inner.DeleteAsync(pack, cancellationToken);

        public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken) => inner.DeleteUnfinishedAsync(before, cancellationToken);

        public Task CheckAsync(CancellationToken cancellationToken) => inner.CheckAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
