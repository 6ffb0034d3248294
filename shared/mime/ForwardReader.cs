using System.Buffers;

namespace MailMesh.Mime;

/// <summary>Reads ranges of a message in ascending order; of a stream that cannot seek, what lies between is read and dropped.</summary>
internal sealed class ForwardReader(Stream message)
{
    private long _position;

    /// <summary>Octets of the message before the next one.</summary>
    public long Position => _position;

    public void SkipTo(long offset)
    {
        var distance = offset - _position;
        if (distance <= 0)
            return;
        if (message.CanSeek)
        {
            message.Seek(distance, SeekOrigin.Current);
            _position = offset;
            return;
        }
        var dropped = ArrayPool<byte>.Shared.Rent(16 * 1024);
        while (_position < offset && Read(dropped, offset) > 0)
        {
        }
        ArrayPool<byte>.Shared.Return(dropped);
    }

    /// <summary>Gives octets before <paramref name="end"/>, none at it or at the end of the message.</summary>
    public int Read(Span<byte> buffer, long end)
    {
        var wanted = (int)Math.Min(buffer.Length, Math.Max(0, end - _position));
        if (wanted == 0)
            return 0;
        var read = message.Read(buffer[..wanted]);
        _position += read;
        return read;
    }
}
