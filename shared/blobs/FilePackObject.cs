using Microsoft.Win32.SafeHandles;

namespace MailMesh.Blobs;

/// <summary>A file for one body: it has its name only once it is whole and durable.</summary>
internal sealed class FilePackObject : PackObject
{
    /// <summary>An fsync blocks its thread: more at once would take threads from everybody and gain nothing on one disk.</summary>
    private static readonly SemaphoreSlim Flushes = new(4);

    private readonly string _unfinishedPath;
    private readonly string _path;
    private readonly SafeFileHandle _handle;
    private long _length;
    private bool _complete;

    public FilePackObject(string pack, string unfinishedPath, string path)
    {
        Pack = pack;
        _unfinishedPath = unfinishedPath;
        _path = path;
        _handle = File.OpenHandle(unfinishedPath, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    public override string Pack { get; }

    public override ValueTask WriteAsync(IReadOnlyList<ReadOnlyMemory<byte>> octets, CancellationToken cancellationToken)
    {
        RandomAccess.Write(_handle, octets, _length);
        for (var i = 0; i < octets.Count; i++)
            _length += octets[i].Length;
        return ValueTask.CompletedTask;
    }

    public override async Task CompleteAsync(CancellationToken cancellationToken)
    {
        await Flushes.WaitAsync(cancellationToken);
        try
        {
            await Task.Run(Finish, CancellationToken.None);
        }
        finally
        {
            Flushes.Release();
        }
    }

    public override ValueTask DisposeAsync()
    {
        _handle.Dispose();
        if (!_complete)
            File.Delete(_unfinishedPath);
        return ValueTask.CompletedTask;
    }

    private void Finish()
    {
        RandomAccess.FlushToDisk(_handle);
        File.Move(_unfinishedPath, _path);
        _complete = true;
        DurableFolder.Flush(Path.GetDirectoryName(_path)!);
    }
}
