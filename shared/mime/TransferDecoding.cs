using System.Buffers;
using MimeKit.Encodings;
using MimeKit.IO.Filters;

namespace MailMesh.Mime;

/// <summary>RFC 2045 §6: a part's content without its transfer encoding.</summary>
public static class TransferDecoding
{
    /// <summary>True where content of this encoding can be decoded, or needs not to be.</summary>
    public static bool IsKnown(string encoding) => IsNone(encoding) || encoding is "BASE64" or "QUOTED-PRINTABLE" || IsUu(encoding);

    /// <summary>True where the content stands as it is.</summary>
    public static bool IsNone(string encoding) => encoding is "7BIT" or "8BIT" or "BINARY";

    /// <summary>The content of a part whose encoding is known and is not none; lines of a text end with CRLF, whatever was encoded (RFC 3516 §6).</summary>
    /// <param name="length">Octets of <paramref name="encoded"/> that are the part's; it is read from where it stands.</param>
    public static Stream Decode(Stream encoded, long length, BodyPart part)
    {
        var decoder = Decoder(part.Encoding);
        return new DecodedStream(encoded, length, IsLines(part) ? WithLineEnds(decoder) : decoder);
    }

    /// <summary>In a charset of units of two octets and more an LF may be half of something else.</summary>
    private static bool IsLines(BodyPart part) =>
        part.Type == "TEXT" && part.Parameter("charset") is var charset &&
        charset?.StartsWith("UTF-16", StringComparison.OrdinalIgnoreCase) != true && charset?.StartsWith("UTF-32", StringComparison.OrdinalIgnoreCase) != true &&
        charset?.Contains("UCS-", StringComparison.OrdinalIgnoreCase) != true;

    private static PieceDecoder WithLineEnds(PieceDecoder decoder)
    {
        var filter = new Unix2DosFilter();
        return new PieceDecoder(length => decoder.MostOctets(length) * 2, (input, length, output) =>
        {
            var decoded = ArrayPool<byte>.Shared.Rent(decoder.MostOctets(length));
            try
            {
                var lines = filter.Filter(decoded, 0, decoder.Decode(input, length, decoded), out var start, out var count);
                lines.AsSpan(start, count).CopyTo(output);
                return count;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(decoded);
            }
        });
    }

    private static PieceDecoder Decoder(string encoding)
    {
        if (encoding == "QUOTED-PRINTABLE")
        {
            var lines = new QuotedPrintableLines();
            return new PieceDecoder(QuotedPrintableLines.MostOctets, (input, length, output) => lines.Decode(input.AsSpan(0, length), output));
        }
        IMimeDecoder decoder = encoding == "BASE64" ? new Base64Decoder() : new UUDecoder();
        return new PieceDecoder(decoder.EstimateOutputLength, (input, length, output) => decoder.Decode(input, 0, length, output));
    }

    /// <param name="MostOctets">What so many octets can become.</param>
    /// <param name="Decode">Of the first octets of a piece; gives how many they became.</param>
    private sealed record PieceDecoder(Func<int, int> MostOctets, Func<byte[], int, byte[], int> Decode);

    private static bool IsUu(string encoding) => encoding is "X-UUENCODE" or "UUENCODE" or "X-UUE";

    /// <summary>Reads forward, a piece at a time.</summary>
    private sealed class DecodedStream(Stream encoded, long length, PieceDecoder decoder) : Stream
    {
        private const int Piece = 8 * 1024;

        private readonly byte[] _raw = ArrayPool<byte>.Shared.Rent(Piece);
        private byte[] _decoded = [];
        private long _left = length;
        private int _at;
        private int _end;
        private bool _isDisposed;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            while (_at == _end)
            {
                if (_left == 0)
                    return 0;
                var read = await encoded.ReadAsync(_raw.AsMemory(0, (int)Math.Min(_left, Piece)), cancellationToken);
                if (read == 0)
                    throw new EndOfStreamException("A message in the store is shorter than its index says.");
                _left -= read;
                Decode(read);
            }
            var count = Math.Min(buffer.Length, _end - _at);
            _decoded.AsMemory(_at, count).CopyTo(buffer);
            _at += count;
            return count;
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
            await encoded.DisposeAsync();
            await base.DisposeAsync();
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_isDisposed)
            {
                _isDisposed = true;
                encoded.Dispose();
                ArrayPool<byte>.Shared.Return(_raw);
                ArrayPool<byte>.Shared.Return(_decoded);
            }
            base.Dispose(disposing);
        }

        private void Decode(int length)
        {
            var needed = decoder.MostOctets(length);
            if (_decoded.Length < needed)
            {
                ArrayPool<byte>.Shared.Return(_decoded);
                _decoded = ArrayPool<byte>.Shared.Rent(needed);
            }
            (_at, _end) = (0, decoder.Decode(_raw, length, _decoded));
        }
    }
}
