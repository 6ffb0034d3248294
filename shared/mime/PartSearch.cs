using System.Buffers;
using System.Text;
using MailMesh.Collation;
using MimeKit.Encodings;

namespace MailMesh.Mime;

/// <summary>Looks for a text in parts, decoded piece by piece.</summary>
/// <param name="value">Folded, and not empty.</param>
internal sealed class PartSearch(string value) : IDisposable
{
    private const int PieceOctets = 16 * 1024;

    private readonly byte[] _raw = ArrayPool<byte>.Shared.Rent(PieceOctets);
    private readonly char[] _text = ArrayPool<char>.Shared.Rent(PieceOctets);

    /// <summary>The piece, behind as much of the one before as the value may begin in.</summary>
    private readonly ArrayBufferWriter<char> _folded = new(PieceOctets + value.Length);

    private byte[]? _decoded;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_raw);
        ArrayPool<char>.Shared.Return(_text);
        if (_decoded is not null)
            ArrayPool<byte>.Shared.Return(_decoded);
    }

    public bool HeaderContains(ForwardReader reader, BodyPart part)
    {
        reader.SkipTo(part.HeaderOffset);
        using var range = new RangeStream(reader, part.BodyOffset);
        using var lines = new LineScanner(range);
        var fields = new HeaderFields(lines);
        while (fields.TryRead())
        {
            if (UnicodeCasemap.Fold(MessageText.Decode(fields.Field)).Contains(value, StringComparison.Ordinal))
                return true;
        }
        return false;
    }

    public bool BodyContains(ForwardReader reader, BodyPart part)
    {
        reader.SkipTo(part.BodyOffset);
        var transfer = TransferDecoder(part.Encoding);
        Decoder? charset = null;
        _folded.ResetWrittenCount();
        while (reader.Read(_raw.AsSpan(0, PieceOctets), part.EndOffset) is > 0 and var read)
        {
            var octets = Decoded(transfer, read);
            charset ??= Charsets.For(part.Parameter("charset"), octets).GetDecoder();
            if (Find(charset, octets, isLast: false))
                return true;
        }
        return charset is not null && Find(charset, [], isLast: true);
    }

    private ReadOnlySpan<byte> Decoded(IMimeDecoder? transfer, int length)
    {
        if (transfer is null)
            return _raw.AsSpan(0, length);
        var needed = transfer.EstimateOutputLength(length);
        if (_decoded is null || _decoded.Length < needed)
            _decoded = ArrayPool<byte>.Shared.Rent(needed);
        return _decoded.AsSpan(0, transfer.Decode(_raw, 0, length, _decoded));
    }

    /// <summary>Searches what was kept of the text before and what the octets add.</summary>
    private bool Find(Decoder charset, ReadOnlySpan<byte> octets, bool isLast)
    {
        bool completed;
        do
        {
            charset.Convert(octets, _text, isLast, out var used, out var chars, out completed);
            octets = octets[used..];
            UnicodeCasemap.Fold(_text.AsSpan(0, chars), _folded);
            var text = _folded.WrittenSpan;
            if (text.Contains(value, StringComparison.Ordinal))
                return true;
            var rest = text[^Math.Min(value.Length - 1, text.Length)..];
            _folded.ResetWrittenCount();
            rest.CopyTo(_folded.GetSpan(rest.Length)); // the same memory: what is written goes only to the front
            _folded.Advance(rest.Length);
        }
        while (!completed);
        return false;
    }

    /// <summary>For text to be read, not octets to be kept: null where it stands as it is, or nobody knows.</summary>
    internal static IMimeDecoder? TransferDecoder(string encoding) => encoding switch
    {
        "BASE64" => new Base64Decoder(),
        "QUOTED-PRINTABLE" => new QuotedPrintableDecoder(),
        "X-UUENCODE" or "UUENCODE" or "X-UUE" => new UUDecoder(),
        _ => null,
    };
}
