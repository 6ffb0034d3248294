using System.Collections.Concurrent;
using System.Globalization;
using MailMesh.Blobs;

namespace MailMesh.Testing;

/// <summary>Bodies in memory, for sessions that are tested without a disk; it can be made to fail.</summary>
public sealed class MemoryBlobStore : IBlobStore
{
    private readonly ConcurrentDictionary<string, byte[]> _bodies = new();
    private int _count;

    /// <summary>Asked before each write and completion; what it returns is thrown.</summary>
    public Func<IOException?> Failing { get; set; } = () => null;

    /// <summary>Awaited before a body is complete: a store that hangs.</summary>
    public Func<Task> Completing { get; set; } = () => Task.CompletedTask;

    /// <summary>False: octets are counted and thrown away, so that a test of memory measures the server alone.</summary>
    public bool Keep { get; init; } = true;

    /// <summary>Bodies begun and not yet disposed.</summary>
    public int OpenWriters { get; private set; }

    public byte[] this[string reference] => _bodies[reference];

    public int Count => _bodies.Count;

    public BlobWriter Create()
    {
        OpenWriters++;
        return new Writer(this);
    }

    public ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default) => OpenAsync(reference, 0, cancellationToken);

    public ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default)
    {
        if (!_bodies.TryGetValue(reference, out var body))
            throw new BlobException($"Nothing has the reference {reference}.");
        return ValueTask.FromResult<Stream>(new MemoryStream(body, (int)offset, body.Length - (int)offset, writable: false));
    }

    public Task CheckAsync(CancellationToken cancellationToken = default) => Failing() is { } failure ? Task.FromException(failure) : Task.CompletedTask;

    private sealed class Writer(MemoryBlobStore store) : BlobWriter
    {
        private readonly MemoryStream _octets = new();
        private long _length;
        private bool _closed;

        public override long Length => _length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken = default)
        {
            if (store.Failing() is { } failure)
                throw failure;
            _length += octets.Length;
            if (store.Keep)
                _octets.Write(octets.Span);
            return ValueTask.CompletedTask;
        }

        public override async Task<string> CompleteAsync(CancellationToken cancellationToken = default)
        {
            await store.Completing();
            if (store.Failing() is { } failure)
                throw failure;
            var reference = Interlocked.Increment(ref store._count).ToString(CultureInfo.InvariantCulture);
            store._bodies[reference] = _octets.ToArray();
            return reference;
        }

        public override ValueTask DisposeAsync()
        {
            if (!_closed)
                store.OpenWriters--;
            _closed = true;
            return ValueTask.CompletedTask;
        }
    }
}
