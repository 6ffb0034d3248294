using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;

namespace MailMesh.Blobs;

/// <summary>Blocks of objects on the local disk, behind those in memory: what memory gives up comes here, up to so many octets, the least recently used given up first.</summary>
/// <remarks>
/// Nothing here is needed: a file that is missing, cut short or damaged is a block that is not here, and a disk that refuses is none. So nothing is made durable, and several
/// processes may share a folder; each bounds what it knows of.
/// </remarks>
internal sealed class BlockFiles : IAsyncDisposable
{
    /// <summary>Blocks that wait to be written: past them one is dropped, and read from the store when it is wanted again.</summary>
    private const int MaxWaiting = 64;

    private const string Ending = ".block";

    private readonly string _folder;
    private readonly long _capacityBytes;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Known>> _known = [];
    private readonly LinkedList<Known> _byUse = new();
    private readonly Channel<Waiting> _waiting = Channel.CreateBounded<Waiting>(new BoundedChannelOptions(MaxWaiting) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _writing;
    private long _octets;

    public BlockFiles(string folder, long capacityBytes)
    {
        _folder = folder;
        _capacityBytes = capacityBytes;
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Octets of the files that it knows of.</summary>
    public long Octets
    {
        get
        {
            lock (_gate)
                return _octets;
        }
    }

    /// <summary>The block, or null where it is not here.</summary>
    public async ValueTask<byte[]?> ReadAsync(string key, long block)
    {
        var name = NameOf(key, block);
        lock (_gate)
        {
            if (!_known.TryGetValue(name, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
        }
        try
        {
            var octets = await File.ReadAllBytesAsync(PathOf(name));
            if (octets.Length >= SHA256.HashSizeInBytes && SHA256.HashData(octets.AsSpan(SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(octets.AsSpan(0, SHA256.HashSizeInBytes)))
                return octets[SHA256.HashSizeInBytes..];
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            // another process gave it up, or the disk refuses: it is not here
        }
        Remove(name);
        return null;
    }

    /// <summary>Takes a block to be written soon. Returns at once.</summary>
    public void Add(string key, long block, byte[] octets) => _waiting.Writer.TryWrite(new Waiting(key, block, octets));

    /// <summary>Drops what is here of the objects that a name starts so; true where there was something.</summary>
    public bool Forget(string prefix)
    {
        string[] names;
        lock (_gate)
            names = [.. _known.Keys.Where(name => name.StartsWith(FileNameOf(prefix), StringComparison.Ordinal))];
        foreach (var name in names)
            Remove(name);
        return names.Length > 0;
    }

    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _writing;
    }

    private async Task WriteAsync()
    {
        Find();
        await foreach (var waiting in _waiting.Reader.ReadAllAsync())
        {
            var name = NameOf(waiting.Key, waiting.Block);
            lock (_gate)
            {
                if (_known.ContainsKey(name))
                    continue;
            }
            try
            {
                await WriteAsync(name, waiting.Octets);
            }
            catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
            {
                continue; // the store has it
            }
            Note(name, waiting.Octets.Length + SHA256.HashSizeInBytes);
        }
    }

    /// <summary>Under a name of its own first, so that nobody reads half a block.</summary>
    private async Task WriteAsync(string name, byte[] octets)
    {
        var path = PathOf(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var half = $"{path}.{Guid.NewGuid():N}";
        try
        {
            await using (var file = new FileStream(half, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true))
            {
                await file.WriteAsync(SHA256.HashData(octets));
                await file.WriteAsync(octets);
            }
            File.Move(half, path, overwrite: true);
        }
        catch
        {
            TryDelete(half);
            throw;
        }
    }

    /// <summary>What an earlier process left, the newest first; what it left half written goes.</summary>
    private void Find()
    {
        try
        {
            if (!Directory.Exists(_folder))
                return;
            foreach (var file in new DirectoryInfo(_folder).EnumerateFiles("*", SearchOption.AllDirectories).OrderBy(file => file.LastWriteTimeUtc))
            {
                if (file.Name.EndsWith(Ending, StringComparison.Ordinal))
                    Note(file.Name, file.Length);
                else if (file.LastWriteTimeUtc < DateTime.UtcNow.AddHours(-1)) // another process may be at it
                    TryDelete(file.FullName);
            }
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // what is not found is not here
        }
    }

    private void Note(string name, long octets)
    {
        var tooMuch = new List<string>();
        lock (_gate)
        {
            if (!_known.ContainsKey(name))
            {
                _known.Add(name, _byUse.AddFirst(new Known(name, octets)));
                _octets += octets;
            }
            for (var last = _byUse.Last; last is not null && _octets > _capacityBytes; last = _byUse.Last)
            {
                tooMuch.Add(last.Value.Name);
                RemoveNode(last);
            }
        }
        foreach (var old in tooMuch)
            TryDelete(PathOf(old));
    }

    private void Remove(string name)
    {
        lock (_gate)
        {
            if (_known.TryGetValue(name, out var node))
                RemoveNode(node);
        }
        TryDelete(PathOf(name));
    }

    private void RemoveNode(LinkedListNode<Known> node)
    {
        _byUse.Remove(node);
        _known.Remove(node.Value.Name);
        _octets -= node.Value.Octets;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // the next process finds it
        }
    }

    /// <summary>Names of packs are letters and digits; a part has one '/'.</summary>
    private static string FileNameOf(string key) => key.Replace('/', '_');

    private static string NameOf(string key, long block) => string.Create(CultureInfo.InvariantCulture, $"{FileNameOf(key)}.{block}{Ending}");

    /// <summary>Below one of 256 folders, so that none grows large.</summary>
    private string PathOf(string name) => Path.Combine(_folder, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 1)), name);

    private sealed record Waiting(string Key, long Block, byte[] Octets);

    private sealed record Known(string Name, long Octets);
}
