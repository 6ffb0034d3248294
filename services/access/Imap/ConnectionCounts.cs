using System.Collections.Concurrent;

namespace MailMesh.Access.Imap;

/// <summary>Open connections of this process by their network or account, up to a limit for each: they bound what one process holds, so each copy has its own.</summary>
internal sealed class ConnectionCounts(int limit)
{
    private readonly ConcurrentDictionary<string, int> _open = new();

    /// <summary>Counts one more; false, and nothing counted, at the limit.</summary>
    public bool TryEnter(string key)
    {
        while (true)
        {
            var count = _open.GetOrAdd(key, 0);
            if (count >= limit)
                return false;
            if (_open.TryUpdate(key, count + 1, count))
                return true;
        }
    }

    public void Leave(string key)
    {
        while (_open.TryGetValue(key, out var count))
        {
            var done = count > 1
                ? _open.TryUpdate(key, count - 1, count)
                : _open.TryRemove(new KeyValuePair<string, int>(key, count));
            if (done)
                return;
        }
    }
}
