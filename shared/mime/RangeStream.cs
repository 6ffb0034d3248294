namespace MailMesh.Mime;

/// <summary>A range of a message as a stream.</summary>
internal sealed class RangeStream(ForwardReader reader, long end) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer) => reader.Read(buffer, end);

    public override int Read(byte[] buffer, int offset, int count) => reader.Read(buffer.AsSpan(offset, count), end);

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
