using System.Diagnostics;
using MailMesh.Blobs;
using MailMesh.Testing;
using static MailMesh.Testing.StoredBodies;

namespace MailMesh.Contract.Tests.Blobs;

/// <summary>What an object store does to us: refuse, break off, be slow, lose and damage objects.</summary>
public sealed class S3FaultTests : IAsyncLifetime
{
    private const int MiB = 1024 * 1024;

    private TestBucket _bucket = null!;

    public async Task InitializeAsync() => _bucket = EngineAddresses.Missing is null ? await TestBucket.CreateAsync() : TestBucket.Named(new Uri("http://a:b@127.0.0.1:1/"));

    public async Task DisposeAsync()
    {
        if (EngineAddresses.Missing is null)
            await _bucket.DisposeAsync();
    }

    [MeshFact]
    public async Task Check_names_the_setting_that_is_wrong()
    {
        await using var noServer = PackBlobStore.OnS3(_bucket.Options with { Endpoint = new Uri($"http://127.0.0.1:{ServerPorts.Find().First}") });
        var unreachable = await Assert.ThrowsAnyAsync<IOException>(() => noServer.CheckAsync());
        Assert.IsNotType<BlobException>(unreachable);
        Assert.Contains("ACCESSKEY", await FaultAsync(_bucket.Options with { AccessKey = "nobody" }), StringComparison.Ordinal);
        Assert.Contains("SECRETKEY", await FaultAsync(_bucket.Options with { SecretKey = "a-wrong-secret" }), StringComparison.Ordinal);
        Assert.Contains("BUCKET", await FaultAsync(_bucket.Options with { Bucket = $"absent-{Guid.NewGuid():N}" }), StringComparison.Ordinal);
    }

    [MeshFact]
    public async Task A_check_that_succeeded_sees_a_fault_that_comes_later()
    {
        await using var proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
        await using var store = PackBlobStore.OnS3(Through(proxy));
        await store.CheckAsync();
        await store.CheckAsync();
        proxy.Refuse();
        await Assert.ThrowsAnyAsync<IOException>(() => store.CheckAsync());
        proxy.Pass();
        await store.CheckAsync();
    }

    [MeshFact]
    public async Task A_bucket_is_made_once()
    {
        var named = TestBucket.Named();
        await using (named)
        {
            Assert.True(await PackBlobStore.MakeBucketAsync(named.Options));
            Assert.False(await PackBlobStore.MakeBucketAsync(named.Options));
            await using var store = PackBlobStore.OnS3(named.Options);
            await store.CheckAsync();
        }
    }

    /// <summary>APPEND takes apart what it has just written.</summary>
    [MeshFact]
    public async Task A_process_with_readers_does_not_ask_for_what_it_wrote_a_moment_ago()
    {
        await using var proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
        await using var store = PackBlobStore.OnS3(Through(proxy) with { CacheBytes = 0, ServesReaders = true });
        var body = Noise(1000);
        await Wait.UntilAsync("the body is read from memory", async () =>
        {
            proxy.Pass();
            var reference = await PutAsync(store, body);
            proxy.Refuse();
            return (await GetAsync(store, reference)).AsSpan().SequenceEqual(body); // fails where a moment has passed
        });
    }

    /// <summary>Passing faults are not damage: whoever reads tries again later.</summary>
    [MeshFact]
    public async Task A_store_that_goes_away_fails_writes_and_reads_with_a_passing_fault_and_serves_when_it_is_back()
    {
        await using var proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
        await using var store = PackBlobStore.OnS3(Through(proxy) with { CacheBytes = 0 });
        var body = Noise(3 * MiB);
        var reference = await PutAsync(store, body);
        await using var reading = await store.OpenAsync(reference);
        proxy.Refuse();
        Assert.IsNotType<BlobException>(await Assert.ThrowsAnyAsync<IOException>(() => reading.CopyToAsync(Stream.Null)));
        Assert.IsNotType<BlobException>(await Assert.ThrowsAnyAsync<IOException>(() => PutAsync(store, Noise(1000))));
        Assert.IsNotType<BlobException>(await Assert.ThrowsAnyAsync<IOException>(() => PutAsync(store, body)));
        proxy.Pass();
        Assert.Equal(body, await GetAsync(store, reference));
        Assert.Equal(Noise(1000), await GetAsync(store, await PutAsync(store, Noise(1000))));
    }

    [MeshFact]
    public async Task A_store_that_hangs_is_given_up_in_time()
    {
        await using var proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
        await using var store = PackBlobStore.OnS3(Through(proxy) with { RequestTimeout = TimeSpan.FromSeconds(2) });
        proxy.Delay(TimeSpan.FromMinutes(10));
        var begun = Stopwatch.StartNew();
        Assert.IsNotType<BlobException>(await Assert.ThrowsAnyAsync<IOException>(() => PutAsync(store, Noise(1000))));
        Assert.InRange(begun.Elapsed, TimeSpan.Zero, TimeSpan.FromMinutes(2));
    }

    [MeshFact]
    public async Task A_caller_that_gives_up_leaves_the_fetch_to_the_others()
    {
        await using var store = PackBlobStore.OnS3(_bucket.Options);
        var reference = await PutAsync(store, Noise(1000));
        using var gone = new CancellationTokenSource();
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await store.OpenAsync(reference, gone.Token));
        Assert.Equal(Noise(1000), await GetAsync(store, reference));
    }

    [MeshFact]
    public async Task A_large_body_without_one_of_its_parts_is_damaged()
    {
        await using var store = PackBlobStore.OnS3(_bucket.Options);
        var reference = await PutAsync(store, Noise(3 * MiB));
        var parts = await _bucket.ObjectsAsync();
        Assert.Equal([.. Enumerable.Range(0, parts.Count).Select(i => $"{store.PackOf(reference)}/{i:d5}")], parts.Order());
        await _bucket.RemoveAsync(parts.Order().ElementAt(2));
        await Assert.ThrowsAsync<BlobException>(() => GetAsync(store, reference));
    }

    [MeshFact]
    public async Task Damage_in_the_store_is_never_given_to_a_reader()
    {
        await using var store = PackBlobStore.OnS3(_bucket.Options);
        var reference = await PutAsync(store, Noise(1000));
        var damaged = await _bucket.ReadAsync(store.PackOf(reference));
        damaged[damaged.Length / 2] ^= 1;
        await _bucket.WriteAsync(store.PackOf(reference), damaged);
        await Assert.ThrowsAsync<BlobException>(() => GetAsync(store, reference));
    }

    /// <summary>A block that went bad in memory, or on its way, is fetched anew.</summary>
    [MeshFact]
    public async Task What_is_right_in_the_store_is_read_once_more()
    {
        await using var store = PackBlobStore.OnS3(_bucket.Options);
        var reference = await PutAsync(store, Noise(1000));
        var right = await _bucket.ReadAsync(store.PackOf(reference));
        byte[] damaged = [.. right];
        damaged[damaged.Length / 2] ^= 1;
        await _bucket.WriteAsync(store.PackOf(reference), damaged);
        await Assert.ThrowsAsync<BlobException>(() => GetAsync(store, reference)); // now the cache has the damaged block
        await _bucket.WriteAsync(store.PackOf(reference), right);
        Assert.Equal(Noise(1000), await GetAsync(store, reference));
    }

    [MeshFact]
    public async Task The_bodies_of_a_group_share_one_object_and_one_read()
    {
        await using var proxy = TcpProxy.To(_bucket.Options.Endpoint.Port);
        await using var store = PackBlobStore.OnS3(Through(proxy));
        var references = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => PutAsync(store, Noise(2000, i))));
        var packs = references.GroupBy(store.PackOf).OrderByDescending(group => group.Count()).First().ToArray();
        Assert.True(packs.Length > 1, "no two bodies shared a pack");
        await GetAsync(store, packs[0]);
        proxy.Refuse();
        foreach (var reference in packs)
            Assert.Equal(2000, (await GetAsync(store, reference)).Length);
    }

    private S3Options Through(TcpProxy proxy) => _bucket.Options with { Endpoint = new UriBuilder(_bucket.Options.Endpoint) { Port = proxy.Port }.Uri };

    private static async Task<string> FaultAsync(S3Options options)
    {
        await using var store = PackBlobStore.OnS3(options);
        var fault = await Assert.ThrowsAnyAsync<IOException>(() => store.CheckAsync());
        Assert.IsNotType<BlobException>(fault);
        Assert.DoesNotContain(options.SecretKey, fault.ToString(), StringComparison.Ordinal);
        return fault.Message;
    }
}
