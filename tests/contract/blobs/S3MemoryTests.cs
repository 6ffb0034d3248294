using MailMesh.Blobs;
using MailMesh.Testing;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>Memory of the whole process is measured, so nothing runs beside this.</summary>
[Collection(nameof(MeasuredAlone))]
public sealed class S3MemoryTests
{
    private const int MiB = 1024 * 1024;

    [MeshFact]
    public async Task Two_hundred_large_bodies_at_once_keep_a_part_and_a_frame_each_in_memory()
    {
        const int writers = 200;
        await using var bucket = await TestBucket.CreateAsync();
        await using var store = PackBlobStore.OnS3(bucket.Options with { RequestTimeout = TimeSpan.FromMinutes(2) });
        var piece = new byte[64 * 1024];
        new Random(1).NextBytes(piece);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var open = await Task.WhenAll(Enumerable.Range(0, writers).Select(async _ =>
        {
            var writer = store.Create();
            for (var written = 0; written < 3 * MiB; written += piece.Length)
                await writer.WriteAsync(piece);
            return writer;
        }));
        var kept = GC.GetTotalMemory(forceFullCollection: true) - before;
        var references = await Task.WhenAll(open.Select(writer => writer.CompleteAsync()));
        foreach (var writer in open)
            await writer.DisposeAsync();
        Assert.Equal(writers, references.Distinct().Count());
        Assert.InRange(kept, 0, 300L * MiB); // 600 MiB were written; what pools keep counts too
    }
}
