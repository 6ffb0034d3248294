using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;

namespace MailMesh.Blobs;

/// <summary>Packs as files in a folder: segments that grow by groups, and one file for each large body.</summary>
/// <remarks>
/// A segment is appended to only by the process that made it, and never again after a failed write or fsync: what lies past
/// its last good octet is unknown then. So a torn tail is never built upon.
/// </remarks>
public sealed class FilePackStorage : IPackStorage
{
    /// <summary>Past this a segment takes no more groups: compaction copies at most half of it.</summary>
    public const long DefaultMaxSegmentBytes = 256L * 1024 * 1024;

    /// <summary>Of the 1024 descriptors that a process commonly may have.</summary>
    private const int MaxOpenPacks = 128;

    private const string Unfinished = ".part";

    private readonly string _folder;
    private readonly long _maxSegmentBytes;
    private readonly OpenPacks _open = new(MaxOpenPacks);
    private readonly Lock _currentGate = new();
    private Segment? _current;

    /// <param name="folder">Made when absent.</param>
    public FilePackStorage(string folder, long maxSegmentBytes = DefaultMaxSegmentBytes)
    {
        _folder = Path.GetFullPath(folder);
        _maxSegmentBytes = maxSegmentBytes;
        DurableFolder.Create(_folder);
    }

    public Task<PackPosition> AppendAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets)
    {
        var segment = _current ?? StartSegment();
        try
        {
            var position = new PackPosition(segment.Pack, segment.Length);
            RandomAccess.Write(segment.Handle, octets, segment.Length);
            RandomAccess.FlushToDisk(segment.Handle);
            segment.Length += Total(octets);
            if (segment.Length >= _maxSegmentBytes)
                Seal(segment);
            return Task.FromResult(position);
        }
        catch (Exception failure)
        {
            Abandon(segment);
            throw failure is IOException ? failure : new IOException("The pack cannot be written.", failure);
        }
    }

    public Task<PackObject> CreateAsync(CancellationToken cancellationToken = default)
    {
        var pack = PackName.Next(PackName.Single);
        var path = PathOf(pack);
        DurableFolder.Create(Path.GetDirectoryName(path)!);
        return Task.FromResult<PackObject>(new FilePackObject(pack, path + Unfinished, path));
    }

    public ValueTask<int> ReadAsync(string pack, long offset, Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            var path = PathOf(pack);
            var total = 0;
            while (total < buffer.Length && _open.Read(path, offset + total, buffer.Span[total..]) is var read and > 0)
                total += read;
            return ValueTask.FromResult(total);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return ValueTask.FromException<int>(new BlobException("The body's pack is missing.", missing));
        }
    }

    /// <summary>Nothing is kept: the system's cache is not ours.</summary>
    public bool Forget(string pack) => false;

    public async IAsyncEnumerable<PackInfo> ListAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!PackName.IsValid(file.Name) || file.Name == CurrentPack())
                continue;
            PackInfo pack;
            try
            {
                pack = new PackInfo(file.Name, file.Length, file.LastWriteTimeUtc);
            }
            catch (FileNotFoundException)
            {
                continue; // deleted since it was listed
            }
            yield return pack;
        }
    }

    public Task DeleteAsync(string pack, CancellationToken cancellationToken = default)
    {
        var path = PathOf(pack);
        _open.Forget(path);
        try
        {
            File.Delete(path);
        }
        catch (DirectoryNotFoundException)
        {
            // gone with its folder
        }
        return Task.CompletedTask;
    }

    public Task DeleteUnfinishedAsync(DateTimeOffset before, CancellationToken cancellationToken = default)
    {
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*" + Unfinished, SearchOption.AllDirectories))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.LastWriteTimeUtc < before)
                file.Delete();
        }
        return Task.CompletedTask;
    }

    public Task CheckAsync(CancellationToken cancellationToken = default)
    {
        // A full disk still takes empty files: the probe has a block of its own.
        var path = Path.Combine(_folder, $"check-{Guid.NewGuid():N}{Unfinished}");
        try
        {
            File.WriteAllBytes(path, new byte[4096]);
        }
        finally
        {
            File.Delete(path);
        }
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (_current is { } segment)
            Seal(segment);
        _open.Dispose();
        return ValueTask.CompletedTask;
    }

    private Segment StartSegment()
    {
        var pack = PackName.Next(PackName.Shared);
        var path = PathOf(pack);
        SafeFileHandle? handle = null;
        try
        {
            var folder = Path.GetDirectoryName(path)!;
            DurableFolder.Create(folder);
            handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            DurableFolder.Flush(folder);
        }
        catch (Exception failure)
        {
            handle?.Dispose();
            File.Delete(path);
            throw failure is IOException ? failure : new IOException("A pack cannot be made.", failure);
        }
        var segment = new Segment(pack, handle);
        lock (_currentGate)
            _current = segment;
        return segment;
    }

    private void Seal(Segment segment)
    {
        lock (_currentGate)
            _current = null;
        segment.Handle.Dispose();
    }

    /// <summary>After a failure: keeps what was durable before, gives back the rest of the space.</summary>
    private void Abandon(Segment segment)
    {
        try
        {
            if (segment.Length > 0)
                RandomAccess.SetLength(segment.Handle, segment.Length);
            else
                File.Delete(PathOf(segment.Pack));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // The disk fails: the tail stays, which nothing refers to.
            System.Diagnostics.Debug.WriteLine(failure.Message);
        }
        finally
        {
            Seal(segment);
        }
    }

    private string? CurrentPack()
    {
        lock (_currentGate)
            return _current?.Pack;
    }

    /// <summary>Segments in one folder; single bodies in 256, by the end of their name, which is random.</summary>
    private string PathOf(string pack) =>
        pack[0] == PackName.Shared ? Path.Combine(_folder, "segments", pack) : Path.Combine(_folder, "objects", pack[^2..], pack);

    private static long Total(IReadOnlyList<ReadOnlyMemory<byte>> octets)
    {
        long total = 0;
        for (var i = 0; i < octets.Count; i++)
            total += octets[i].Length;
        return total;
    }

    private sealed class Segment(string pack, SafeFileHandle handle)
    {
        public string Pack { get; } = pack;

        public SafeFileHandle Handle { get; } = handle;

        /// <summary>Octets that are durable and whole.</summary>
        public long Length { get; set; }
    }
}
