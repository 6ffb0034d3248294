using MailMesh.Blobs;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>What every blob store keeps. A store is tested by a class that derives from this and opens it.</summary>
public abstract class BlobStoreContract : IAsyncLifetime
{
    private const int Frame = 128 * 1024;

    private PackBlobStore? _store;

    /// <summary>Opens the store of this test; a second call opens the same one again, as a new process would.</summary>
    protected abstract Task<PackBlobStore> OpenStoreAsync();

    protected PackBlobStore Store => _store!;

    public virtual async Task InitializeAsync() => _store = await OpenStoreAsync();

    public virtual async Task DisposeAsync() => await Store.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(10_000)]
    [InlineData(Frame - 1)]
    [InlineData(Frame)]
    [InlineData(Frame + 1)]
    [InlineData(5 * Frame)]
    [InlineData(3_000_000)]
    public async Task Body_comes_back_as_it_was(int size)
    {
        var body = Incompressible(size);
        var reference = await PutAsync(body, 4096);
        Assert.Equal(body, await GetAsync(reference, 0));
    }

    [Fact]
    public async Task Body_survives_reopening()
    {
        var small = await PutAsync(Text(10_000), 4096);
        var large = await PutAsync(Incompressible(2_000_000), 65536);
        await Store.DisposeAsync();
        _store = await OpenStoreAsync();
        Assert.Equal(Text(10_000), await GetAsync(small, 0));
        Assert.Equal(Incompressible(2_000_000), await GetAsync(large, 0));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Frame - 1)]
    [InlineData(Frame)]
    [InlineData((2 * Frame) + 77)]
    [InlineData(3_000_000 - 1)]
    [InlineData(3_000_000)]
    [InlineData(3_000_001)]
    public async Task Body_is_read_from_any_offset(int offset)
    {
        var body = Incompressible(3_000_000);
        var reference = await PutAsync(body, 100_000);
        Assert.Equal(body[Math.Min(offset, body.Length)..], await GetAsync(reference, offset));
    }

    [Fact]
    public async Task Concurrent_bodies_do_not_mix()
    {
        var bodies = Enumerable.Range(0, 100).Select(i => Incompressible(i * 997, seed: i)).ToArray();
        var references = await Task.WhenAll(bodies.Select(body => Task.Run(() => PutAsync(body, 1000))));
        Assert.Equal(references.Length, references.Distinct().Count());
        for (var i = 0; i < bodies.Length; i++)
            Assert.Equal(bodies[i], await GetAsync(references[i], 0));
    }

    [Fact]
    public async Task Length_counts_what_was_written()
    {
        await using var writer = Store.Create();
        await writer.WriteAsync(Text(10));
        await writer.WriteAsync(Text(7));
        Assert.Equal(17, writer.Length);
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public async Task Abandoned_body_leaves_nothing(int size)
    {
        await using (var writer = Store.Create())
            await writer.WriteAsync(Incompressible(size));
        await Store.DisposeAsync();
        _store = await OpenStoreAsync();
        await foreach (var pack in Store.PacksAsync())
            Assert.Fail($"{pack.Name} was left");
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("s00000000000000000000000000000000.1.0.1.1.AA")]
    [InlineData("../../etc/passwd")]
    public async Task Text_that_is_no_reference_is_refused(string text) =>
        await Assert.ThrowsAsync<BlobException>(async () => await Store.OpenAsync(text));

    [Theory]
    [InlineData(1000)]
    [InlineData(3_000_000)]
    public async Task Body_of_a_deleted_pack_is_missing(int size)
    {
        var reference = await PutAsync(Incompressible(size), 4096);
        await Store.DeleteAsync(Store.PackOf(reference));
        await Assert.ThrowsAsync<BlobException>(async () => await GetAsync(reference, 0));
    }

    [Fact]
    public async Task Reference_into_the_wrong_place_is_refused()
    {
        var first = await PutAsync(Text(5000), 4096);
        var second = await PutAsync(Incompressible(5000), 4096);
        // The hash of one with the place of the other.
        var mixed = string.Join('.', [.. first.Split('.')[..5], second.Split('.')[5]]);
        await Assert.ThrowsAsync<BlobException>(async () => await GetAsync(mixed, 0));
    }

    [Fact]
    public async Task Rewritten_body_is_the_same_in_another_place()
    {
        var reference = await PutAsync(Text(5000), 4096);
        await Store.DisposeAsync();
        _store = await OpenStoreAsync();
        var rewritten = await Store.RewriteAsync(reference);
        Assert.NotEqual(Store.PackOf(reference), Store.PackOf(rewritten));
        Assert.Equal(Text(5000), await GetAsync(rewritten, 0));
        Assert.Equal(Text(5000), await GetAsync(reference, 0));
    }

    [Fact]
    public async Task Packs_are_listed_once_they_take_no_more()
    {
        var reference = await PutAsync(Text(5000), 4096);
        await Store.DisposeAsync();
        _store = await OpenStoreAsync();
        var packs = new List<PackInfo>();
        await foreach (var pack in Store.PacksAsync())
            packs.Add(pack);
        var only = Assert.Single(packs);
        Assert.Equal(Store.PackOf(reference), only.Name);
        Assert.StartsWith(only.Name + ".", reference, StringComparison.Ordinal);
        Assert.Equal(Store.StoredBytes(reference), only.SizeBytes);
        Assert.InRange(only.WrittenAt, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public Task Check_succeeds_while_the_store_takes_bodies() => Store.CheckAsync();

    protected async Task<string> PutAsync(byte[] body, int piece)
    {
        await using var writer = Store.Create();
        for (var start = 0; start < body.Length; start += piece)
            await writer.WriteAsync(body.AsMemory(start, Math.Min(piece, body.Length - start)));
        return await writer.CompleteAsync();
    }

    protected async Task<byte[]> GetAsync(string reference, long offset)
    {
        await using var stream = await Store.OpenAsync(reference, offset);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    protected static byte[] Incompressible(int size, int seed = 1)
    {
        var body = new byte[size];
        new Random(seed).NextBytes(body);
        return body;
    }

    protected static byte[] Text(int size)
    {
        var line = "The quick brown fox jumps over the lazy dog.\r\n"u8;
        var body = new byte[size];
        for (var i = 0; i < size; i++)
            body[i] = line[i % line.Length];
        return body;
    }
}
