using System.Globalization;
using System.Runtime.CompilerServices;

namespace MailMesh.Blobs;

/// <summary>
/// Packs as S3 objects: one PUT for each group, named as its pack; a large body as numbered objects of
/// <see cref="PartSize"/> below its pack's name. An object is never changed, so what was read of it stays good.
/// </summary>
internal sealed class S3PackStorage : IPackStorage
{
    /// <summary>Octets of each object of a large body but its last. 200 writers at once keep 100 MiB of them in memory.</summary>
    public const int PartSize = 512 * 1024;

    /// <summary>What one GET brings, and the cache keeps: most groups of small bodies whole. A part is a whole number of them.</summary>
    private const int BlockSize = 256 * 1024;

    /// <summary>Written by the check; no pack has this name.</summary>
    private const string CheckKey = "check";

    /// <summary>Between two writes of the check; the ones between ask by a read, which costs the store less.</summary>
    private static readonly TimeSpan WriteCheckPeriod = TimeSpan.FromMinutes(1);

    private readonly S3Bucket _bucket;
    private readonly BlockFiles? _files;
    private readonly BlockCache _cache;
    private readonly TimeProvider _clock;
    private long? _writtenAt;

    public S3PackStorage(S3Options options, TimeProvider clock)
    {
        _bucket = new S3Bucket(options);
        _files = options is { DiskCacheFolder: { } folder, DiskCacheBytes: > 0 } ? new BlockFiles(folder, options.DiskCacheBytes) : null;
        _cache = new BlockCache(options.CacheBytes, FetchAsync, _files);
        _clock = clock;
    }

    public static string PartKey(string pack, int part) => string.Create(CultureInfo.InvariantCulture, $"{pack}/{part:d5}");

    public async Task<PackPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets)
    {
        var pack = PackName.Next(PackName.Shared);
        await WriteAsync(pack, octets, CancellationToken.None);
        return new PackPosition(pack, 0);
    }

    /// <summary>Writes a pack that has its name already; writing it twice makes it once.</summary>
    public Task WriteAsync(string pack, IReadOnlyList<ReadOnlyMemory<byte>> octets, CancellationToken cancellationToken) =>
        _bucket.PutAsync(pack, octets, cancellationToken);

    /// <summary>Keeps what was written just now for those who read it soon.</summary>
    public void Remember(string pack, GatheredPack octets)
    {
        for (var at = 0L; at < octets.Length; at += BlockSize)
        {
            var block = new byte[Math.Min(BlockSize, octets.Length - at)];
            octets.Read(at, block);
            _cache.Add(pack, at / BlockSize, block);
        }
    }

    /// <summary>Whether the octets there are in memory: reading them asks nobody.</summary>
    public bool Remembers(string pack, long offset) => _cache.Has(pack, offset / BlockSize);

    public Task<PackObject> CreateAsync(CancellationToken cancellationToken = default) => Task.FromResult<PackObject>(new S3PackObject(_bucket));

    public async ValueTask<int> ReadAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var total = 0;
        while (total < buffer.Length)
        {
            var at = offset + total;
            var (key, within) = pack[0] == PackName.Single ? (PartKey(pack, (int)(at / PartSize)), at % PartSize) : (pack, at);
            var block = await _cache.GetAsync(key, within / BlockSize, cancellationToken);
            var start = (int)(within % BlockSize);
            if (start >= block.Length)
                break;
            var part = block.AsMemory(start, Math.Min(block.Length - start, buffer.Length - total));
            part.CopyTo(buffer[total..]);
            total += part.Length;
        }
        return total;
    }

    public bool Forget(string pack) => _cache.Forget(pack);

    public async IAsyncEnumerable<PackInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        PackInfo? pack = null;
        await foreach (var (key, size, writtenAt) in _bucket.ListAsync("", cancellationToken))
        {
            var name = key.Split('/', 2)[0];
            if (!PackName.IsValid(name))
                continue;
            if (pack?.Name == name) // names come in order, so the parts of a pack come together
            {
                pack = pack with { SizeBytes = pack.SizeBytes + size, WrittenAt = writtenAt > pack.WrittenAt ? writtenAt : pack.WrittenAt };
                continue;
            }
            if (pack is not null)
                yield return pack;
            pack = new PackInfo(name, size, writtenAt);
        }
        if (pack is not null)
            yield return pack;
    }

    public async Task DeleteAsync(string pack, CancellationToken cancellationToken = default)
    {
        var keys = new List<string>();
        if (pack[0] == PackName.Shared)
            keys.Add(pack);
        else
            await foreach (var (key, _, _) in _bucket.ListAsync(pack + "/", cancellationToken))
                keys.Add(key);
        await _bucket.DeleteAsync(keys, cancellationToken);
        _cache.Forget(pack);
    }

    /// <summary>Nothing: what a writer left is a pack that nothing refers to.</summary>
    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default) => Task.CompletedTask;

    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        if (_writtenAt is { } written && _clock.GetElapsedTime(written) < WriteCheckPeriod)
        {
            await _bucket.GetAsync(CheckKey, 0, 1, cancellationToken);
            return;
        }
        _writtenAt = null;
        await _bucket.PutAsync(CheckKey, [new byte[1]], cancellationToken);
        _writtenAt = _clock.GetTimestamp();
    }

    public async ValueTask DisposeAsync()
    {
        _bucket.Dispose();
        if (_files is not null)
            await _files.DisposeAsync();
    }

    private async Task<byte[]> FetchAsync(string key, long block)
    {
        if (await _bucket.GetAsync(key, block * BlockSize, BlockSize, CancellationToken.None) is { } octets)
            return octets;
        // A large body ends where its next part is not there; its record's length says whether it should.
        return key.Contains('/') && !key.EndsWith(PartKey("", 0), StringComparison.Ordinal) ? [] : throw new BlobException("The body's pack is missing.");
    }
}
