using System.Buffers;

namespace MailMesh.Blobs;

/// <summary>Octets in pooled pieces: grows without copying what it has, and goes to the disk by one gathered write.</summary>
internal sealed class PieceBuffer : IDisposable
{
    private const int FirstPiece = 8 * 1024;
    private const int MaxPiece = 64 * 1024;

    private readonly List<byte[]> _pieces = [];
    private int _lastUsed;

    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> octets)
    {
        Length += octets.Length;
        while (!octets.IsEmpty)
        {
            if (_pieces.Count == 0 || _lastUsed == _pieces[^1].Length)
            {
                _pieces.Add(ArrayPool<byte>.Shared.Rent(Math.Clamp(octets.Length, FirstPiece, MaxPiece)));
                _lastUsed = 0;
            }
            var part = octets[..Math.Min(octets.Length, _pieces[^1].Length - _lastUsed)];
            part.CopyTo(_pieces[^1].AsSpan(_lastUsed));
            _lastUsed += part.Length;
            octets = octets[part.Length..];
        }
    }

    /// <summary>Adds the pieces to a gathered write.</summary>
    public void CopyTo(List<ReadOnlyMemory<byte>> target)
    {
        for (var i = 0; i < _pieces.Count; i++)
            target.Add(_pieces[i].AsMemory(0, i == _pieces.Count - 1 ? _lastUsed : _pieces[i].Length));
    }

    public byte[] ToArray()
    {
        var octets = GC.AllocateUninitializedArray<byte>((int)Length);
        var pieces = new List<ReadOnlyMemory<byte>>(_pieces.Count);
        CopyTo(pieces);
        var length = 0;
        foreach (var piece in pieces)
        {
            piece.CopyTo(octets.AsMemory(length));
            length += piece.Length;
        }
        return octets;
    }

    public void Clear()
    {
        foreach (var piece in _pieces)
            ArrayPool<byte>.Shared.Return(piece);
        _pieces.Clear();
        _lastUsed = 0;
        Length = 0;
    }

    public void Dispose() => Clear();
}
