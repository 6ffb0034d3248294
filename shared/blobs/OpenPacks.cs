using Microsoft.Win32.SafeHandles;

namespace MailMesh.Blobs;

/// <summary>A bounded number of open pack files, the least recently used closed first.</summary>
internal sealed class OpenPacks(int capacity) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Path, SafeFileHandle Handle)>> _byPath = [];
    private readonly LinkedList<(string Path, SafeFileHandle Handle)> _byUse = new();

    /// <summary>Reads from a file; a handle that another caller closes meanwhile is opened again.</summary>
    public int Read(string path, long offset, Span<byte> buffer)
    {
        while (true)
        {
            try
            {
                return RandomAccess.Read(Rent(path), buffer, offset);
            }
            catch (ObjectDisposedException)
            {
                lock (_gate)
                    ObjectDisposedException.ThrowIf(_byPath.Count == 0 && _closed, this);
            }
        }
    }

    public void Forget(string path)
    {
        lock (_gate)
        {
            if (_byPath.Remove(path, out var node))
            {
                _byUse.Remove(node);
                node.Value.Handle.Dispose();
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            foreach (var (_, handle) in _byUse)
                handle.Dispose();
            _byUse.Clear();
            _byPath.Clear();
        }
    }

    private bool _closed;

    private SafeFileHandle Rent(string path)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_byPath.TryGetValue(path, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddFirst(node);
                return node.Value.Handle;
            }
            var handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            _byPath.Add(path, _byUse.AddFirst((path, handle)));
            if (_byUse.Count > capacity)
            {
                var (last, old) = _byUse.Last!.Value;
                _byUse.RemoveLast();
                _byPath.Remove(last);
                old.Dispose(); // a read that runs keeps the descriptor until it returns
            }
            return handle;
        }
    }
}
