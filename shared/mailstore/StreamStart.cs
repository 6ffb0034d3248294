using System.Buffers;

namespace MailMesh.Mailstore;

/// <summary>Keeps the first octets of a stream that is read, so that they need not be read again.</summary>
internal sealed class StreamStart(Stream source) : Stream
{
    /// <summary>Header and first words of nearly all mail.</summary>
    private const int MaxOctets = 32 * 1024;

    private readonly byte[] _kept = ArrayPool<byte>.Shared.Rent(MaxOctets);
    private int _length;
    private bool _isDisposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <summary>What was kept so far, to be read before this is disposed.</summary>
    public MemoryStream Kept() => new(_kept, 0, _length, writable: false);

    public override int Read(Span<byte> buffer)
    {
        var read = source.Read(buffer);
        var kept = Math.Min(read, MaxOctets - _length);
        buffer[..kept].CopyTo(_kept.AsSpan(_length));
        _length += kept;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            ArrayPool<byte>.Shared.Return(_kept);
        }
        base.Dispose(disposing);
    }
}
