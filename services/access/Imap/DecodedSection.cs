using System.Buffers;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3516 BINARY: a part's content without its transfer encoding, whose length is known only once it was decoded.</summary>
internal static class DecodedSection
{
    /// <summary>Content up to this size is decoded once and kept; more is decoded a second time to be sent.</summary>
    private const int MaxHeldOctets = 64 * 1024;

    /// <summary>The part whose encoding has to come off; null where the octets stand as they are: the whole message, what holds other parts, and a header.</summary>
    public static BodyPart? EncodedPart(BodySection section, BodyPart root)
    {
        if (section.Text != SectionText.All || SectionRange.PartOf(section, root) is not { Parts.Count: 0 } part || TransferDecoding.IsNone(part.Encoding))
            return null;
        return part;
    }

    /// <param name="open">Gives the encoded octets from their first.</param>
    /// <param name="encodedLength">How many they are.</param>
    /// <param name="part">Of an encoding that is known.</param>
    public static async ValueTask<FetchedSection> OpenAsync(Func<ValueTask<Stream>> open, long encodedLength, BodyPart part, FetchItem item)
    {
        using var held = encodedLength <= MaxHeldOctets ? new MemoryStream() : null;
        var survey = new ContentCount();
        await using (var decoded = TransferDecoding.Decode(await open(), encodedLength, part))
            await SurveyAsync(decoded, survey, held);
        var all = new SectionRange(0, survey.Octets);
        var range = item.PartialStart is { } start ? all.Part(start, item.PartialCount) : all;
        if (item.Kind == FetchKind.BinarySize || range.Length == 0)
            return new FetchedSection(range.Length, null, default) { Count = survey };
        if (held is not null)
            return new FetchedSection(range.Length, null, held.GetBuffer().AsMemory((int)range.Start, (int)range.Length)) { Count = survey };
        var source = TransferDecoding.Decode(await open(), encodedLength, part);
        await SkipAsync(source, range.Start);
        return new FetchedSection(range.Length, source, default) { Count = survey };
    }

    private static async ValueTask SurveyAsync(Stream decoded, ContentCount survey, MemoryStream? held)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            while (await decoded.ReadAsync(buffer) is > 0 and var read)
            {
                survey.Add(buffer.AsSpan(0, read));
                held?.Write(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask SkipAsync(Stream source, long octets)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            while (octets > 0 && await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(octets, buffer.Length))) is > 0 and var read)
                octets -= read;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}

/// <summary>What decoded octets are.</summary>
internal sealed class ContentCount
{
    public long Octets { get; private set; }

    /// <summary>Line ends.</summary>
    public long Lines { get; private set; }

    /// <summary>RFC 4466: only a literal8 may hold it.</summary>
    public bool HasNul { get; private set; }

    /// <summary>RFC 2045 §2: what the octets would be called if they stood so in the message.</summary>
    public string Encoding => HasNul ? "BINARY" : HasEightBit ? "8BIT" : "7BIT";

    private bool HasEightBit { get; set; }

    public void Add(ReadOnlySpan<byte> octets)
    {
        Octets += octets.Length;
        Lines += octets.Count((byte)'\n');
        HasNul |= octets.Contains((byte)0);
        HasEightBit |= octets.ContainsAnyInRange((byte)0x80, (byte)0xFF);
    }
}
