using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace MailMesh.Blobs;

/// <summary>Compresses a body as it arrives; a small one joins a group, a large one streams into a pack of its own.</summary>
internal sealed class PackBlobWriter(PackBlobStore store, IPackStorage storage) : BlobWriter
{
    /// <summary>Compressed octets kept in memory. 200 writers at once keep 75 to 130 MB with their frames.</summary>
    private const int MaxBuffered = 512 * 1024;

    private const int FirstBuffer = 16 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly PieceBuffer _record = new();
    private readonly List<int> _frames = [];
    private byte[] _raw = ArrayPool<byte>.Shared.Rent(FirstBuffer);
    private int _rawLength;
    private long _length;
    private long _stored;
    private PackObject? _object;
    private bool _finished;

    public override long Length => _length;

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        if (_length == 0 && _record.Length == 0)
            _record.Append(BlobRecord.Magic.Span);
        _hash.AppendData(octets.Span);
        _length += octets.Length;
        while (!octets.IsEmpty)
        {
            octets = Take(octets);
            if (_rawLength < BlobRecord.FrameSize)
                continue;
            CompressFrame();
            if (_object is not null || _record.Length > MaxBuffered)
                await SpillAsync(cancellationToken);
        }
    }

    public override async Task<string> CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_finished, this);
        _finished = true;
        if (_length == 0)
            _record.Append(BlobRecord.Magic.Span);
        if (_rawLength > 0)
            CompressFrame();
        var hash = _hash.GetHashAndReset();
        _record.Append(BlobRecord.Trailer(_length, hash, _frames));
        PackPosition position;
        long stored;
        if (_object is null)
        {
            stored = _record.Length;
            position = await store.AppendAsync(_record, cancellationToken);
        }
        else
        {
            await SpillAsync(cancellationToken);
            await _object.CompleteAsync(cancellationToken);
            stored = _stored;
            position = new PackPosition(_object.Pack, 0);
        }
        var reference = new BlobReference(position.Pack, position.Offset, stored, _length, Base64Url.EncodeToString(hash)).ToString();
        if (_frames.Count == 1)
            store.Remember(reference, _raw.AsSpan(0, (int)_length));
        return reference;
    }

    public override async ValueTask DisposeAsync()
    {
        _finished = true;
        if (_raw.Length > 0)
            ArrayPool<byte>.Shared.Return(_raw);
        _raw = [];
        _record.Dispose();
        _hash.Dispose();
        if (_object is not null)
            await _object.DisposeAsync();
    }

    /// <summary>Moves octets into the frame at hand, at most until it is full; gives the rest.</summary>
    private ReadOnlyMemory<byte> Take(ReadOnlyMemory<byte> octets)
    {
        var part = octets[..Math.Min(octets.Length, BlobRecord.FrameSize - _rawLength)];
        if (_rawLength + part.Length > _raw.Length)
            Grow(_rawLength + part.Length);
        part.CopyTo(_raw.AsMemory(_rawLength));
        _rawLength += part.Length;
        return octets[part.Length..];
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Min(Math.Max(needed, _raw.Length * 2), BlobRecord.FrameSize));
        _raw.AsSpan(0, _rawLength).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_raw);
        _raw = larger;
    }

    private void CompressFrame()
    {
        _frames.Add(FrameCodec.Compress(_raw.AsSpan(0, _rawLength), _record));
        _rawLength = 0;
    }

    private async ValueTask SpillAsync(CancellationToken cancellationToken)
    {
        _object ??= await storage.CreateAsync(cancellationToken);
        var pieces = new List<ReadOnlyMemory<byte>>();
        _record.CopyTo(pieces);
        await _object.WriteAsync(pieces, cancellationToken);
        _stored += _record.Length;
        _record.Clear();
    }
}
