using System.Buffers;
using MimeKit.Encodings;

namespace MailMesh.Mime;

/// <summary>
/// RFC 3030 §3, RFC 2045 §2.7: a message of any octets as one of 7bit lines, which every mailbox and next hop takes. Parts whose content is not
/// 7bit are encoded, and decode to the same octets.
/// </summary>
/// <remarks>
/// What is no part's content, headers and boundaries above all, must be lines already: to mend it could make parts appear that no check has
/// seen. Memory is bounded: content goes through in pieces, and only the header of a part that is encoded is held.
/// </remarks>
public sealed class SevenBitConversion
{
    /// <summary>Longest header of one part; that of a message is as long in its checks.</summary>
    private const int MaxHeaderOctets = 256 * 1024;

    private const int Piece = 12 * 1024;

    private readonly Stream _message;
    private readonly Stream _output;
    private readonly CancellationToken _cancellation;
    private readonly ContentSurvey _written = new();
    private readonly byte[] _piece = new byte[Piece];
    private long _at;
    private int _lastOctet = -1;

    private SevenBitConversion(Stream message, Stream output, CancellationToken cancellation)
    {
        _message = message;
        _output = output;
        _cancellation = cancellation;
    }

    /// <summary>Parts that were encoded.</summary>
    public int EncodedParts { get; private set; }

    /// <summary>RFC 6152: a header or a text between parts has 8-bit octets, which no encoding covers.</summary>
    public bool HasEightBit => _written.HasEightBit;

    /// <summary>
    /// Converts a message. Null where it cannot be: it has more parts than are told apart, a header too long, or lines that are none outside of
    /// its parts' content; what was written then is of no use.
    /// </summary>
    /// <param name="message">Can seek.</param>
    public static async Task<SevenBitConversion?> RunAsync(Stream message, Stream output, CancellationToken cancellationToken)
    {
        message.Position = 0;
        var root = MessageIndex.Read(message).Root;
        if (!IsConvertible(root))
            return null;
        var conversion = new SevenBitConversion(message, output, cancellationToken);
        await conversion.WriteAsync(root, isMessage: true);
        await conversion.EndLineAsync();
        return conversion._written.IsLines ? conversion : null;
    }

    private static bool IsConvertible(BodyPart root)
    {
        var parts = 0;
        var waiting = new Stack<BodyPart>([root]);
        while (waiting.TryPop(out var part))
        {
            if (++parts >= MessageIndex.MaxParts || part.BodyOffset - part.HeaderOffset > MaxHeaderOctets)
                return false;
            foreach (var child in part.Parts)
                waiting.Push(child);
        }
        return true;
    }

    private async Task WriteAsync(BodyPart part, bool isMessage)
    {
        await CopyAsync(part.HeaderOffset);
        if (part.Parts.Count == 0 || HasNoBoundary(part))
        {
            await WriteContentAsync(part, isMessage);
            return;
        }
        // RFC 2045 §6.4: a part that holds others says what is in it, and nothing binary is any more.
        await WriteHeaderAsync(part, part.Encoding == "BINARY" ? "8bit" : null, isMessage);
        foreach (var child in part.Parts)
            await WriteAsync(child, part.IsMessage);
        await CopyAsync(part.EndOffset);
    }

    /// <summary>A multipart whose boundary never came: its one part is all of its body, and has no header.</summary>
    private static bool HasNoBoundary(BodyPart part) => part.IsMultipart && part.Parts[0].HeaderOffset == part.BodyOffset;

    private async Task WriteContentAsync(BodyPart part, bool isMessage)
    {
        var encoding = await EncodingOfAsync(part);
        await WriteHeaderAsync(part, encoding, isMessage);
        if (encoding is "base64" or "quoted-printable")
        {
            EncodedParts++;
            await EncodeAsync(part.EndOffset, encoding == "base64" ? new Base64Encoder() : new QuotedPrintableEncoder());
        }
        await CopyAsync(part.EndOffset);
    }

    /// <summary>The encoding that the part gets; null where it stays as it is, encoded text included.</summary>
    private async Task<string?> EncodingOfAsync(BodyPart part)
    {
        if (part.Encoding is not ("7BIT" or "8BIT" or "BINARY"))
            return null;
        var survey = new ContentSurvey();
        _message.Position = part.BodyOffset;
        for (var left = part.EndOffset - part.BodyOffset; left > 0;)
        {
            var piece = await ReadAsync(left);
            survey.Look(piece.Span);
            left -= piece.Length;
        }
        if (survey.IsSevenBit)
            return part.Encoding == "BINARY" ? "7bit" : null;
        // Only base64 keeps line ends that are no CRLF (RFC 2045 §6.7).
        return part.Type == "TEXT" && !survey.HasStray ? "quoted-printable" : "base64";
    }

    private async Task WriteHeaderAsync(BodyPart part, string? encoding, bool isMessage)
    {
        if (encoding is null)
        {
            await CopyAsync(part.BodyOffset);
            return;
        }
        var header = new byte[part.BodyOffset - part.HeaderOffset];
        _message.Position = part.HeaderOffset;
        await _message.ReadExactlyAsync(header, _cancellation);
        await PutAsync(PartHeaderEdit.Encoded(header, encoding, isMessage, asOctets: encoding == "base64"));
        _at = part.BodyOffset;
    }

    private async Task CopyAsync(long end)
    {
        _message.Position = _at;
        while (_at < end)
        {
            var piece = await ReadAsync(end - _at);
            await PutAsync(piece);
            _at += piece.Length;
        }
    }

    private async Task EncodeAsync(long end, IMimeEncoder encoder)
    {
        var encoded = new byte[encoder.EstimateOutputLength(Piece)];
        _message.Position = _at;
        while (_at < end)
        {
            var piece = await ReadAsync(end - _at);
            await PutLinesAsync(encoded.AsMemory(0, encoder.Encode(_piece, 0, piece.Length, encoded)));
            _at += piece.Length;
        }
        await PutLinesAsync(encoded.AsMemory(0, encoder.Flush(_piece, 0, 0, encoded)));
    }

    /// <summary>The encoders end lines by LF.</summary>
    private async Task PutLinesAsync(ReadOnlyMemory<byte> encoded)
    {
        var lines = new ArrayBufferWriter<byte>(encoded.Length + encoded.Length / 32 + 2);
        for (var rest = encoded.Span; !rest.IsEmpty;)
        {
            var end = rest.IndexOf((byte)'\n');
            lines.Write(end < 0 ? rest : rest[..end]);
            if (end >= 0)
                lines.Write("\r\n"u8);
            rest = end < 0 ? [] : rest[(end + 1)..];
        }
        await PutAsync(lines.WrittenMemory);
    }

    /// <summary>A message ends with a line's end, so that nothing else has to give it one.</summary>
    private ValueTask EndLineAsync() => _lastOctet is -1 or (byte)'\n' ? ValueTask.CompletedTask : PutAsync("\r\n"u8.ToArray());

    private ValueTask PutAsync(ReadOnlyMemory<byte> octets)
    {
        if (octets.IsEmpty)
            return ValueTask.CompletedTask;
        _written.Look(octets.Span);
        _lastOctet = octets.Span[^1];
        return _output.WriteAsync(octets, _cancellation);
    }

    private async ValueTask<ReadOnlyMemory<byte>> ReadAsync(long most)
    {
        var read = await _message.ReadAsync(_piece.AsMemory(0, (int)Math.Min(most, Piece)), _cancellation);
        return read > 0 ? _piece.AsMemory(0, read) : throw new EndOfStreamException("The message ends before its last part does.");
    }
}
