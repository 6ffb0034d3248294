using MailMesh.Blobs;

namespace MailMesh.Protocol.Tests.Imap;

/// <summary>The real blob store, which a test can take away.</summary>
public sealed class FaultyBlobs(IBlobStore blobs) : IBlobStore
{
    /// <summary>Nothing can be read.</summary>
    public bool CannotRead { get; set; }

    /// <summary>The disk is full.</summary>
    public bool CannotWrite { get; set; }

    /// <summary>A stream ends with an error after so many octets.</summary>
    public int? BreaksAfter { get; set; }

    public BlobWriter Create() => new Writer(this, blobs.Create());

    public ValueTask<Stream> OpenAsync(string reference, CancellationToken cancellationToken = default) => OpenAsync(reference, 0, cancellationToken);

    public async ValueTask<Stream> OpenAsync(string reference, long offset, CancellationToken cancellationToken = default)
    {
        if (CannotRead)
            throw new BlobException("The store is away.");
        var stream = await blobs.OpenAsync(reference, offset, cancellationToken);
        return BreaksAfter is { } octets ? new BrokenStream(stream, octets) : stream;
    }

    public Task CheckAsync(CancellationToken cancellationToken = default) => blobs.CheckAsync(cancellationToken);

    private sealed class Writer(FaultyBlobs owner, BlobWriter writer) : BlobWriter
    {
        public override long Length => writer.Length;

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken = default) =>
            owner.CannotWrite ? throw new IOException("No space left on device") : writer.WriteAsync(octets, cancellationToken);

        public override Task<string> CompleteAsync(CancellationToken cancellationToken = default) => writer.CompleteAsync(cancellationToken);

        public override ValueTask DisposeAsync() => writer.DisposeAsync();
    }

    private sealed class BrokenStream(Stream stream, int octets) : Stream
    {
        private int _left = octets;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0)
                throw new BlobException("The store went away.");
            var read = stream.Read(buffer, offset, Math.Min(count, _left));
            _left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                stream.Dispose();
            base.Dispose(disposing);
        }
    }
}
