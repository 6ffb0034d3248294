using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MailMesh.Blobs;

/// <summary>Reads a body frame by frame; from its first octet to its last, verifies its SHA-256 before it gives the last frame.</summary>
internal sealed class BlobStream(IPackStorage storage, BlobReference reference) : Stream
{
    /// <summary>Octets of a pack fetched at once, where no frame needs more.</summary>
    private const int Window = 64 * 1024;

    private IncrementalHash? _hash;
    private byte[] _window = [];
    private int _windowStart;
    private int _windowEnd;
    private long _next;
    private byte[] _frame = [];
    private int _frameStart;
    private int _frameEnd;
    private long _remaining;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Goes to an offset and fetches the first frame, so that a body that is not there fails here.</summary>
    public async ValueTask StartAsync(long offset, CancellationToken cancellationToken)
    {
        var frame = Math.Min(offset, reference.Size) / BlobRecord.FrameSize;
        _remaining = Math.Max(0, reference.Size - (frame * BlobRecord.FrameSize));
        if (offset == 0)
            _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        _next = BlobRecord.Magic.Length + await FramesBeforeAsync(frame, cancellationToken);
        if (offset >= reference.Size)
        {
            _remaining = 0;
            if (offset == 0)
                Verify();
            return;
        }
        await NextFrameAsync(cancellationToken);
        _frameStart = (int)(offset - (frame * BlobRecord.FrameSize));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_frameStart == _frameEnd && _remaining > 0 && buffer.Length > 0)
            await NextFrameAsync(cancellationToken);
        return Give(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <summary>For parsers that read synchronously: completes at once on files, blocks on S3 past the first frame (see <see cref="SynchronousReading"/>).</summary>
    public override int Read(Span<byte> buffer)
    {
        if (_frameStart == _frameEnd && _remaining > 0 && buffer.Length > 0)
        {
            var fetch = NextFrameAsync(CancellationToken.None);
            if (fetch.IsCompleted)
                fetch.GetAwaiter().GetResult();
            else
                fetch.AsTask().GetAwaiter().GetResult();
        }
        return Give(buffer);
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
        if (disposing)
        {
            _hash?.Dispose();
            _hash = null;
            Return(ref _window);
            Return(ref _frame);
            (_windowStart, _windowEnd, _frameStart, _frameEnd, _remaining) = (0, 0, 0, 0, 0);
        }
        base.Dispose(disposing);
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _frameEnd - _frameStart);
        _frame.AsSpan(_frameStart, count).CopyTo(buffer);
        _frameStart += count;
        return count;
    }

    /// <summary>Octets of the first frames with their prefixes, from the record's table.</summary>
    private async ValueTask<long> FramesBeforeAsync(long frames, CancellationToken cancellationToken)
    {
        if (frames == 0)
            return 0;
        var count = BlobRecord.FramesOf(reference.Size);
        frames = Math.Min(frames, count);
        var table = new byte[BlobRecord.TableSize((int)Math.Max(frames, 2))].AsMemory(0, (int)frames * sizeof(uint));
        var start = reference.Length - BlobRecord.TableSize(count);
        if (await ReadStoredAsync(reference.Offset + start, table, cancellationToken) < table.Length)
            throw EndsEarly();
        long octets = 0;
        for (var i = 0; i < frames; i++)
            octets += Checked(BinaryPrimitives.ReadInt32LittleEndian(table.Span[(i * sizeof(uint))..])) + BlobRecord.PrefixSize;
        return octets;
    }

    private async ValueTask NextFrameAsync(CancellationToken cancellationToken)
    {
        var (start, remaining) = (_next - (_windowEnd - _windowStart), _remaining);
        try
        {
            await ReadFrameAsync(cancellationToken);
        }
        catch (BlobException) when (storage.Forget(reference.Pack))
        {
            // Damage in memory is not damage in the store: once more from there.
            (_next, _remaining, _windowStart, _windowEnd) = (start, remaining, 0, 0);
            await ReadFrameAsync(cancellationToken);
        }
    }

    private async ValueTask ReadFrameAsync(CancellationToken cancellationToken)
    {
        await FetchAsync(BlobRecord.PrefixSize, cancellationToken);
        var stored = Checked(BinaryPrimitives.ReadInt32LittleEndian(_window.AsSpan(_windowStart)));
        _windowStart += BlobRecord.PrefixSize;
        await FetchAsync(stored, cancellationToken);
        var length = (int)Math.Min(_remaining, BlobRecord.FrameSize);
        if (_frame.Length < length)
        {
            Return(ref _frame);
            _frame = ArrayPool<byte>.Shared.Rent(length);
        }
        (_frameStart, _frameEnd) = (0, 0);
        FrameCodec.Decompress(_window.AsSpan(_windowStart, stored), _frame.AsSpan(0, length));
        _windowStart += stored;
        _remaining -= length;
        _hash?.AppendData(_frame, 0, length);
        if (_remaining == 0)
            Verify();
        _frameEnd = length;
    }

    /// <summary>What a store says in its own words, told apart from the end of whoever reads on.</summary>
    private async ValueTask<int> ReadStoredAsync(long offset, Memory<byte> into, CancellationToken cancellationToken)
    {
        try
        {
            return await storage.ReadAsync(reference.Pack, offset, into, cancellationToken);
        }
        catch (IOException failure) when (failure is not BlobException)
        {
            throw new BlobUnavailableException(failure.Message, failure);
        }
    }

    private void Verify()
    {
        if (_hash is null)
            return;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(hash);
        if (Base64Url.EncodeToString(hash) != reference.Hash)
            throw new BlobException("The body is damaged: its SHA-256 is not that of its reference.");
    }

    /// <summary>Brings at least this many octets of the record into the window.</summary>
    private async ValueTask FetchAsync(int count, CancellationToken cancellationToken)
    {
        var have = _windowEnd - _windowStart;
        if (have >= count)
            return;
        var rest = reference.Length - _next;
        if (have + rest < count)
            throw EndsEarly();
        var want = (int)Math.Min(have + rest, Math.Max(count, Window));
        if (_window.Length < want)
        {
            var larger = ArrayPool<byte>.Shared.Rent(want);
            _window.AsSpan(_windowStart, have).CopyTo(larger);
            Return(ref _window);
            _window = larger;
        }
        else
        {
            _window.AsSpan(_windowStart, have).CopyTo(_window);
        }
        (_windowStart, _windowEnd) = (0, have);
        var read = await ReadStoredAsync(reference.Offset + _next, _window.AsMemory(have, want - have), cancellationToken);
        _next += read;
        _windowEnd += read;
        if (_windowEnd < count)
            throw EndsEarly();
    }

    private static int Checked(int stored) =>
        stored > 0 && stored <= FrameCodec.MaxFrame ? stored : throw new BlobException("A frame of the body is damaged.");

    private static BlobException EndsEarly() => new("The pack ends before the body does.");

    private static void Return(ref byte[] buffer)
    {
        if (buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }
}
