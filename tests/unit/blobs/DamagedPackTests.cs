using CsCheck;
using MailMesh.Blobs;
using static MailMesh.Testing.StoredBodies;

namespace MailMesh.Unit.Tests.Blobs;

/// <summary>Pack files after a crash or a bad disk: what is whole reads, what is not says so, and nothing is built on a torn tail.</summary>
public sealed class DamagedPackTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mailmesh-packs-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Torn_tail_takes_only_its_own_body()
    {
        string first, second;
        await using (var store = PackBlobStore.OnFiles(_folder))
        {
            first = await PutAsync(store, Body(10_000, 1));
            second = await PutAsync(store, Body(10_000, 2));
        }
        var pack = Assert.Single(Packs());
        using (var file = File.OpenWrite(pack))
            file.SetLength(file.Length - 100);

        await using (var store = PackBlobStore.OnFiles(_folder))
        {
            Assert.Equal(Body(10_000, 1), await GetAsync(store, first));
            await Assert.ThrowsAsync<BlobException>(() => GetAsync(store, second));
            var third = await PutAsync(store, Body(10_000, 3));
            Assert.Equal(Body(10_000, 3), await GetAsync(store, third));
            Assert.NotEqual(store.PackOf(first), store.PackOf(third));
        }
    }

    [Fact]
    public async Task Cut_at_any_octet_never_gives_a_wrong_body()
    {
        var body = Body(300_000, 1);
        var whole = await WriteAloneAsync(body);
        await Gen.Int[0, whole.Length - 1].SampleAsync(async length => await AssertNeverWrongAsync(whole[..length], body, mustFail: true), iter: 200, threads: 1);
    }

    [Fact]
    public async Task Flipped_bit_never_gives_a_wrong_body()
    {
        var body = Body(300_000, 1);
        var whole = await WriteAloneAsync(body);
        await Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Int[0, 7]).SampleAsync(async (at, bit) =>
        {
            var damaged = (byte[])whole.Clone();
            damaged[at] ^= (byte)(1 << bit);
            await AssertNeverWrongAsync(damaged, body, mustFail: false);
        }, iter: 400, threads: 1);
    }

    [Fact]
    public async Task Reads_from_any_offset_agree_with_the_body()
    {
        await using var store = PackBlobStore.OnFiles(_folder);
        var bodies = Gen.Select(Gen.Int[0, 700_000], Gen.Int[1, 90_000], Gen.Int[0, 750_000], Gen.Int[0, 100_000], Gen.Bool);
        await bodies.SampleAsync(async (size, piece, offset, seed, compressible) =>
        {
            var body = compressible ? new byte[size] : Body(size, seed);
            var reference = await PutAsync(store, body, piece);
            await using var stream = await store.OpenAsync(reference, offset);
            using var copy = new MemoryStream();
            await stream.CopyToAsync(copy, piece);
            Assert.Equal(body[Math.Min(offset, size)..], copy.ToArray());
        }, iter: 60, threads: 2);
    }

    [Fact]
    public async Task Synchronous_reads_give_the_same()
    {
        await using var store = PackBlobStore.OnFiles(_folder);
        var reference = await PutAsync(store, Body(500_000, 4));
        await using var stream = await store.OpenAsync(reference);
        using var copy = new MemoryStream();
        int next;
        while ((next = stream.ReadByte()) >= 0)
            copy.WriteByte((byte)next);
        Assert.Equal(Body(500_000, 4), copy.ToArray());
    }

    [Fact]
    public async Task Unfinished_files_of_a_crash_are_removed_when_they_are_old()
    {
        await using var store = PackBlobStore.OnFiles(_folder);
        var writer = store.Create();
        await writer.WriteAsync(Body(2_000_000, 1));
        var part = Assert.Single(Directory.GetFiles(_folder, "*.part", SearchOption.AllDirectories));
        await store.DeleteUnfinishedAsync(DateTimeOffset.UtcNow.AddHours(-1));
        Assert.True(File.Exists(part));
        await store.DeleteUnfinishedAsync(DateTimeOffset.UtcNow.AddHours(1));
        Assert.False(File.Exists(part));
        await Assert.ThrowsAnyAsync<IOException>(() => writer.CompleteAsync());
        await writer.DisposeAsync();
    }

    [Fact]
    public async Task Segment_that_is_full_is_followed_by_another()
    {
        await using var store = new PackBlobStore(new FilePackStorage(_folder, maxSegmentBytes: 50_000));
        var references = new List<string>();
        for (var i = 0; i < 12; i++)
            references.Add(await PutAsync(store, Body(20_000, i)));
        Assert.Equal(3, references.Select(store.PackOf).Distinct().Count());
        for (var i = 0; i < 12; i++)
            Assert.Equal(Body(20_000, i), await GetAsync(store, references[i]));
    }

    [Fact]
    public async Task More_packs_than_open_files_can_be_read()
    {
        await using var store = new PackBlobStore(new FilePackStorage(_folder, maxSegmentBytes: 1));
        var references = new List<string>();
        for (var i = 0; i < 300; i++)
            references.Add(await PutAsync(store, Body(100, i)));
        await Parallel.ForAsync(0, 900, async (i, _) => Assert.Equal(Body(100, i % 300), await GetAsync(store, references[i % 300])));
    }

    [Fact]
    public async Task Two_hundred_large_writers_stay_within_their_budget()
    {
        await using var store = PackBlobStore.OnFiles(_folder);
        var piece = Body(100_000, 1);
        var writers = Enumerable.Range(0, 200).Select(_ => store.Create()).ToList();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var round = 0; round < 12; round++)
        {
            foreach (var writer in writers)
                await writer.WriteAsync(piece);
        }
        var used = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.InRange(used, 0, 200_000_000);
        foreach (var writer in writers)
            await writer.DisposeAsync();
        Assert.Empty(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories));
    }

    private async Task AssertNeverWrongAsync(byte[] pack, byte[] body, bool mustFail)
    {
        await File.WriteAllBytesAsync(Assert.Single(Packs()), pack);
        await using var store = PackBlobStore.OnFiles(_folder);
        try
        {
            var read = await GetAsync(store, _alone!);
            Assert.Equal(body, read);
            Assert.False(mustFail && pack.Length < _framesEnd, "a body without its end was read");
        }
        catch (BlobException)
        {
            // told, as it must be
        }
    }

    private string? _alone;
    private long _framesEnd;

    private async Task<byte[]> WriteAloneAsync(byte[] body)
    {
        await using (var store = PackBlobStore.OnFiles(_folder))
            _alone = await PutAsync(store, body);
        var whole = await File.ReadAllBytesAsync(Assert.Single(Packs()));
        _framesEnd = whole.Length - 56; // trailer and table repeat the reference: reading from the start needs neither
        return whole;
    }

    private string[] Packs() => Directory.GetFiles(Path.Combine(_folder, "segments"));

    private static async Task<string> PutAsync(PackBlobStore store, byte[] body, int piece = 65536)
    {
        await using var writer = store.Create();
        for (var start = 0; start < body.Length; start += piece)
            await writer.WriteAsync(body.AsMemory(start, Math.Min(piece, body.Length - start)));
        return await writer.CompleteAsync();
    }

    /// <summary>Half noise, half repetition, as a mail with an attachment.</summary>
    private static byte[] Body(int size, int seed)
    {
        var body = new byte[size];
        new Random(seed).NextBytes(body.AsSpan(0, size / 2));
        return body;
    }
}
