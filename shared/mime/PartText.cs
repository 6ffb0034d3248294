using System.Buffers;
using System.Text;

namespace MailMesh.Mime;

/// <summary>A text part's characters, transfer encoding and charset taken off, a piece at a time.</summary>
internal sealed class PartText : IDisposable
{
    private const int PieceOctets = 4 * 1024;

    private readonly ForwardReader _reader;
    private readonly BodyPart _part;
    private readonly byte[] _raw = ArrayPool<byte>.Shared.Rent(PieceOctets);
    private readonly MimeKit.Encodings.IMimeDecoder? _transfer;
    private byte[] _decoded = [];
    private char[] _text = [];
    private Decoder? _charset;

    public PartText(ForwardReader reader, BodyPart part)
    {
        _reader = reader;
        _part = part;
        _transfer = PartSearch.TransferDecoder(part.Encoding);
        reader.SkipTo(part.BodyOffset);
    }

    /// <summary>All of the part was read.</summary>
    public bool IsAtEnd => _reader.Position >= _part.EndOffset;

    /// <summary>The next characters; none at the end. Valid until the next read.</summary>
    public ReadOnlySpan<char> Read()
    {
        while (_reader.Read(_raw.AsSpan(0, PieceOctets), _part.EndOffset) is > 0 and var read)
        {
            var octets = Decoded(read);
            _charset ??= Charsets.For(_part.Parameter("charset"), octets).GetDecoder();
            var most = _charset.GetCharCount(octets, flush: false);
            if (most == 0)
                continue;
            if (_text.Length < most)
                Replace(ref _text, most);
            return _text.AsSpan(0, _charset.GetChars(octets, _text, flush: false));
        }
        return [];
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_raw);
        Replace(ref _decoded, 0);
        Replace(ref _text, 0);
    }

    /// <summary>Another buffer, of at least this length; none for 0. What it held is not wanted any longer.</summary>
    private static void Replace<T>(ref T[] buffer, int length)
    {
        if (buffer.Length > 0)
            ArrayPool<T>.Shared.Return(buffer);
        buffer = length > 0 ? ArrayPool<T>.Shared.Rent(length) : [];
    }

    private ReadOnlySpan<byte> Decoded(int length)
    {
        if (_transfer is null)
            return _raw.AsSpan(0, length);
        var most = _transfer.EstimateOutputLength(length);
        if (_decoded.Length < most)
            Replace(ref _decoded, most);
        return _decoded.AsSpan(0, _transfer.Decode(_raw, 0, length, _decoded));
    }
}
