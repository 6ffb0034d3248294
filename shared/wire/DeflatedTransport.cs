using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;

namespace MailMesh.Wire;

/// <summary>RFC 4978: a transport of RFC 1951 streams, one a direction, that never end.</summary>
/// <remarks>
/// A compressor takes some 300 KiB, a decompressor 50. The latter has to stay, since the client refers back to the last 32 KiB it sent. The former goes at each
/// flush: a new one goes on with the same stream, since a flush ends at an octet's end, and refers back to nothing. So an idle connection holds none.
/// What is inflated is asked for a buffer at a time: no input makes more of itself than its reader takes.
/// </remarks>
internal sealed class DeflatedTransport : IDuplexPipe, IAsyncDisposable
{
    private readonly IDuplexPipe _inner;
    private readonly InflatedInput _inflated;
    private readonly DeflatedOutput _deflated;

    public DeflatedTransport(IDuplexPipe inner)
    {
        _inner = inner;
        _inflated = new InflatedInput(inner.Input.AsStream(leaveOpen: true));
        _deflated = new DeflatedOutput(inner.Output);
        Input = PipeReader.Create(_inflated, new StreamPipeReaderOptions(bufferSize: 4096, minimumReadSize: 1024, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(_deflated, new StreamPipeWriterOptions(leaveOpen: true));
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Ends the transport below, too.</summary>
    public async ValueTask DisposeAsync()
    {
        await _inflated.DisposeAsync();
        await _deflated.DisposeAsync();
        await _inner.Output.CompleteAsync();
        await _inner.Input.CompleteAsync();
    }

    private sealed class InflatedInput(Stream input) : Stream
    {
        private readonly DeflateStream _inflate = new(input, CompressionMode.Decompress, leaveOpen: true);

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await _inflate.ReadAsync(buffer, cancellationToken);
            }
            catch (InvalidDataException damaged)
            {
                throw new IOException("What the client sent is no deflated stream.", damaged);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override async ValueTask DisposeAsync()
        {
            await _inflate.DisposeAsync();
            await base.DisposeAsync();
        }
    }

    private sealed class DeflatedOutput(PipeWriter output) : Stream
    {
        private Sink? _sink;
        private DeflateStream? _deflate;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (buffer.IsEmpty)
                return;
            _sink ??= new Sink(output);
            _deflate ??= new DeflateStream(_sink, CompressionLevel.Fastest, leaveOpen: true);
            _deflate.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            EndBlock();
            if ((await output.FlushAsync(cancellationToken)).IsCompleted)
                throw new IOException("The client has gone.");
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override ValueTask DisposeAsync()
        {
            EndBlock();
            return base.DisposeAsync();
        }

        /// <summary>Everything written can be read by the client then; the final block, which would end the stream, reaches nobody.</summary>
        private void EndBlock()
        {
            if (_deflate is null)
                return;
            _deflate.Flush();
            _sink!.Detach();
            _deflate.Dispose();
            (_deflate, _sink) = (null, null);
        }
    }

    /// <summary>Takes what a compressor gives, until it is detached.</summary>
    private sealed class Sink(PipeWriter output) : Stream
    {
        private bool _isDetached;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Detach() => _isDetached = true;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!_isDetached)
                output.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
