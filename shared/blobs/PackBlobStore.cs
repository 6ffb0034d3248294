using MailMesh.Batching;
using MailMesh.Database;

namespace MailMesh.Blobs;

/// <summary>Bodies in packs, each pack write shared by the bodies that gathered.</summary>
public sealed class PackBlobStore : IBlobStore, IBlobCollector, IAsyncDisposable
{
    /// <summary>A PUT costs the store some milliseconds of work however few octets it carries.</summary>
    private static readonly TimeSpan PutPace = TimeSpan.FromMilliseconds(20);

    private readonly IPackStorage _storage;
    private readonly GroupCommit<PieceBuffer, PackPosition> _appends;
    private readonly RecentBodies? _recent;
    private readonly JournaledPackStorage? _journal;

    public PackBlobStore(IPackStorage storage)
        : this(storage, splitsFailedGroups: true, pace: default)
    {
    }

    private PackBlobStore(
        IPackStorage storage, bool splitsFailedGroups, TimeSpan pace, RecentBodies? recent = null, JournaledPackStorage? journal = null)
    {
        _storage = storage;
        _recent = recent;
        _journal = journal;
        _appends = new GroupCommit<PieceBuffer, PackPosition>(AppendGroupAsync, splits: splitsFailedGroups, pace: pace);
    }

    /// <summary>Packs as segment files in a folder, of a process in which all services run: what one wrote a moment ago another reads.</summary>
    public static PackBlobStore OnFiles(string folder) =>
        new(new FilePackStorage(folder), splitsFailedGroups: true, pace: default, new RecentBodies(TimeProvider.System));

    /// <summary>Packs as objects of an S3-compatible store; connects when first used.</summary>
    /// <param name="database">The mesh's: it keeps small bodies until they are objects, so every process that reads them needs it. Null for a store without a journal.</param>
    public static PackBlobStore OnS3(S3Options options, MailDatabase? database = null)
    {
        var clock = TimeProvider.System;
        var objects = new S3PackStorage(options, clock);
        var recent = options.ServesReaders ? new RecentBodies(clock) : null;
        if (database is null)
            return new PackBlobStore(objects, splitsFailedGroups: false, PutPace, recent);
        var journal = new JournaledPackStorage(objects, new PackJournal(database), options.ServesReaders, clock);
        return new PackBlobStore(journal, splitsFailedGroups: false, PutPace, recent, journal);
    }

    /// <summary>Makes the bucket of an object store; false where it is there already.</summary>
    /// <exception cref="IOException">The store refuses, or cannot be reached.</exception>
    public static async Task<bool> MakeBucketAsync(S3Options options, CancellationToken cancellationToken = default)
    {
        using var bucket = new S3Bucket(options);
        return await bucket.MakeAsync(cancellationToken);
    }

    public BlobWriter Create() => new PackBlobWriter(this, _storage);

    public ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default) =>
        OpenAsync(reference, 0, cancellationToken);

    public async ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        if (_recent?.Open(reference, offset) is { } recent)
            return recent;
        var stream = new BlobStream(_storage, BlobReference.Parse(reference));
        try
        {
            await stream.StartAsync(offset, cancellationToken);
            return stream;
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    public Task CheckAsync(CancellationToken cancellationToken = default) => _storage.CheckAsync(cancellationToken);

    public IAsyncEnumerable<PackInfo> PacksAsync(CancellationToken cancellationToken = default) => _storage.ListAsync(cancellationToken);

    public string PackOf(string reference) => BlobReference.Parse(reference).Pack;

    public IEnumerable<string> PacksIn(string text) => PackName.In(text);

    public long StoredBytes(string reference) => BlobReference.Parse(reference).Length;

    public bool IsShared(string pack) => pack[0] == PackName.Shared;

    public async Task<string> RewriteAsync(string reference, CancellationToken cancellationToken = default)
    {
        // Through the ordinary way in and out, so that damage is found here and not carried on.
        await using var body = await OpenAsync(reference, cancellationToken);
        await using var writer = Create();
        var buffer = new byte[64 * 1024];
        while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
            await writer.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
        return await writer.CompleteAsync(cancellationToken);
    }

    public Task DeleteAsync(string pack, CancellationToken cancellationToken = default)
    {
        _recent?.Clear();
        return _storage.DeleteAsync(pack, cancellationToken);
    }

    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        _storage.DeleteUnfinishedAsync(before, cancellationToken);

    public Task<int> CompleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default) =>
        _journal?.RecoverAsync(before, cancellationToken) ?? Task.FromResult(0);

    public async ValueTask DisposeAsync()
    {
        await _appends.DisposeAsync();
        await _storage.DisposeAsync();
    }

    /// <summary>Makes a record durable together with those that gather meanwhile.</summary>
    internal async Task<PackPosition> AppendAsync(PieceBuffer record, CancellationToken cancellationToken) =>
        _journal is not null && await _journal.KeepAsync(record) is { } kept ? kept : await _appends.AddAsync(record, cancellationToken);

    /// <summary>Keeps a body that is durable now for those who read it within a moment.</summary>
    internal void Remember(string reference, ReadOnlySpan<byte> body)
    {
        if (body.Length <= RecentBodies.MaxBody)
            _recent?.Add(reference, body);
    }

    private async Task<IReadOnlyList<PackPosition>> AppendGroupAsync(IReadOnlyList<PieceBuffer> records)
    {
        var pieces = new List<ReadOnlyMemory<byte>>(records.Count * 2);
        foreach (var record in records)
            record.CopyTo(pieces);
        var next = await _storage.AppendAsync(pieces);
        var positions = new PackPosition[records.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = next;
            next = next with { Offset = next.Offset + records[i].Length };
        }
        return positions;
    }
}
