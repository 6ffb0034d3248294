using MailMesh.Access.Imap;
using MailMesh.Mime;

namespace MailMesh.Fuzz;

/// <summary>Any octets are a message: its parts lie within each other, its index survives the database, every section can be cut, decoded and previewed, and it can be shown without UTF-8 in headers.</summary>
internal static class MimeTarget
{
    public static void Run(byte[] input)
    {
        var index = MessageIndex.Read(new MemoryStream(input));
        AssertNested(index.Root, 0, input.Length);
        var structure = index.EncodeStructure();
        var root = MessageIndex.DecodeStructure(structure);
        BrokenPromiseException.Unless(structure.AsSpan().SequenceEqual((index with { Root = root }).EncodeStructure()), "The structure comes back from the database.");
        var envelope = index.EncodeEnvelope();
        BrokenPromiseException.Unless(
            envelope.AsSpan().SequenceEqual((index with { Envelope = MessageIndex.DecodeEnvelope(envelope) }).EncodeEnvelope()), "The envelope comes back from the database.");
        var preview = MessagePreview.Read(new MemoryStream(input), root, out _);
        BrokenPromiseException.Unless(preview.EnumerateRunes().Count() <= MessagePreview.MaxCharacters && !preview.AsSpan().ContainsAnyInRange('\0', '\x1f'), "A preview is one short line.");
        AssertDecoded(root, input);
        AssertDowngraded(root, input);
    }

    private static void AssertDowngraded(BodyPart root, byte[] input)
    {
        var opened = DowngradedMessage.ReadAsync(root, offset => ValueTask.FromResult<Stream>(new MemoryStream(input, (int)offset, input.Length - (int)offset)));
        var downgraded = opened.AsTask().GetAwaiter().GetResult();
        using var octets = new MemoryStream();
        using (var shown = downgraded.Open(0))
            shown.CopyToAsync(octets).GetAwaiter().GetResult();
        BrokenPromiseException.Unless(octets.Length == downgraded.Length, "A downgraded message has the octets that are told of it.");
        AssertNested(downgraded.Root, 0, octets.Length);
    }

    private static void AssertNested(BodyPart part, long start, long end)
    {
        BrokenPromiseException.Unless(start <= part.HeaderOffset && part.HeaderOffset <= part.BodyOffset && part.BodyOffset <= part.EndOffset && part.EndOffset <= end, $"{part.Type} lies outside of what holds it.");
        foreach (var child in part.Parts)
            AssertNested(child, part.BodyOffset, part.EndOffset);
    }

    private static void AssertDecoded(BodyPart part, byte[] input)
    {
        foreach (var child in part.Parts)
            AssertDecoded(child, input);
        if (part.Parts.Count > 0 || TransferDecoding.IsNone(part.Encoding) || !TransferDecoding.IsKnown(part.Encoding))
            return;
        var length = part.EndOffset - part.BodyOffset;
        var whole = Decode(input, part, int.MaxValue);
        BrokenPromiseException.Unless(whole.AsSpan().SequenceEqual(Decode(input, part, 1)), "A part decodes to the same however it is read.");
        BrokenPromiseException.Unless(whole.Length <= (length * 2) + 2, "Decoded octets are at most twice the encoded ones: line ends may be completed.");
    }

    private static byte[] Decode(byte[] input, BodyPart part, int piece)
    {
        using var encoded = new Pieces(input.AsSpan((int)part.BodyOffset, (int)(part.EndOffset - part.BodyOffset)).ToArray(), piece);
        using var decoded = TransferDecoding.Decode(encoded, part.EndOffset - part.BodyOffset, part);
        using var octets = new MemoryStream();
        decoded.CopyToAsync(octets).GetAwaiter().GetResult();
        return octets.ToArray();
    }

    private sealed class Pieces(byte[] octets, int size) : MemoryStream(octets)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }
}
