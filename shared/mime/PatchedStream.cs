namespace MailMesh.Mime;

/// <summary>A message with some of its octets replaced, read forward.</summary>
/// <param name="next">The first patch that lies ahead.</param>
/// <param name="position">Where the message goes on that is replaced.</param>
/// <param name="pending">What is left of a patch before that.</param>
internal sealed class PatchedStream(Func<long, ValueTask<Stream>> open, IReadOnlyList<Patch> patches, int next, long position, ReadOnlyMemory<byte> pending) : Stream
{
    private int _next = next;
    private long _position = position;
    private ReadOnlyMemory<byte> _pending = pending;
    private Stream? _source;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_pending.IsEmpty && _next < patches.Count && patches[_next].Start == _position)
            await EnterAsync(patches[_next++]);
        if (!_pending.IsEmpty)
            return TakePending(buffer.Span);
        if (_next < patches.Count)
            buffer = buffer[..(int)Math.Min(buffer.Length, patches[_next].Start - _position)];
        _source ??= await open(_position);
        var read = await _source.ReadAsync(buffer, cancellationToken);
        _position += read;
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override async ValueTask DisposeAsync()
    {
        if (_source is not null)
            await _source.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _source?.Dispose();
        base.Dispose(disposing);
    }

    private async ValueTask EnterAsync(Patch patch)
    {
        _pending = patch.Octets;
        _position = patch.End;
        if (_source is null)
            return;
        await _source.DisposeAsync();
        _source = null;
    }

    private int TakePending(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _pending.Length);
        _pending.Span[..count].CopyTo(buffer);
        _pending = _pending[count..];
        return count;
    }
}
