using System.Buffers;

namespace MailMesh.Mime;

/// <summary>
/// RFC 6858: a message with UTF-8 in its headers as a client sees it that takes none. Its bodies are those of the message; only headers are replaced, so that
/// every part, size and line count is that of what the client gets.
/// </summary>
public sealed class DowngradedMessage
{
    /// <summary>A longer header stays as it is: no message can fill memory.</summary>
    private const int MaxHeaderOctets = 256 * 1024;

    /// <summary>Headers of one message that are held together.</summary>
    private const int MaxHeldOctets = 1024 * 1024;

    /// <summary>Headers of one message that are replaced: each is a reading of its own. Only a digest has as many.</summary>
    private const int MaxHeaders = 500;

    private readonly Func<long, ValueTask<Stream>> _open;
    private readonly List<Patch> _patches = [];
    private long _held;
    private int _headers;

    private DowngradedMessage(Func<long, ValueTask<Stream>> open, BodyPart root)
    {
        _open = open;
        Root = root;
    }

    /// <summary>The message's parts, in their places there.</summary>
    public BodyPart Root { get; private set; }

    public long Length => Root.EndOffset;

    /// <summary>Reads the headers that have to be replaced.</summary>
    /// <param name="root">Of the message as it is kept.</param>
    /// <param name="open">Opens it from an octet on.</param>
    public static async ValueTask<DowngradedMessage> ReadAsync(BodyPart root, Func<long, ValueTask<Stream>> open)
    {
        var message = new DowngradedMessage(open, root);
        await message.ReadHeadersAsync(root);
        message.Root = message.Shown(root);
        return message;
    }

    /// <summary>What the client is shown, from an octet on.</summary>
    public Stream Open(long offset)
    {
        var shift = 0L;
        for (var i = 0; i < _patches.Count; i++)
        {
            var patch = _patches[i];
            var start = patch.Start + shift;
            if (offset < start)
                return new PatchedStream(_open, _patches, i, offset - shift, default);
            if (offset < start + patch.Octets.Length)
                return new PatchedStream(_open, _patches, i + 1, patch.End, patch.Octets.AsMemory((int)(offset - start)));
            shift += patch.Shift;
        }
        return new PatchedStream(_open, _patches, _patches.Count, offset - shift, default);
    }

    private async ValueTask ReadHeadersAsync(BodyPart part)
    {
        if (!part.IsInternational || _headers == MaxHeaders)
            return;
        var length = part.BodyOffset - part.HeaderOffset;
        _headers++;
        if (length <= Math.Min(MaxHeaderOctets, MaxHeldOctets - _held))
            await ReadHeaderAsync(part, (int)length);
        foreach (var child in part.Parts)
            await ReadHeadersAsync(child);
    }

    private async ValueTask ReadHeaderAsync(BodyPart part, int length)
    {
        var held = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var header = held.AsMemory(0, length);
            await using (var source = await _open(part.HeaderOffset))
                await source.ReadExactlyAsync(header);
            var shown = new DowngradedHeader(IsGlobalMessage(part)).Of(header.Span);
            if (header.Span.SequenceEqual(shown))
                return;
            _patches.Add(new Patch(part.HeaderOffset, part.BodyOffset, shown, Lines(shown) - Lines(header.Span)));
            _held += shown.Length;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(held);
        }
    }

    private static bool IsGlobalMessage(BodyPart part) => part is { IsMessage: true, Subtype: "GLOBAL" };

    private static int Lines(ReadOnlySpan<byte> octets) => octets.Count((byte)'\n');

    private BodyPart Shown(BodyPart part)
    {
        var moved = part with { HeaderOffset = Shifted(part.HeaderOffset), BodyOffset = Shifted(part.BodyOffset), EndOffset = Shifted(part.EndOffset) };
        if (!part.IsInternational)
            return part.Parts.Count == 0 ? moved : moved with { Parts = [.. part.Parts.Select(Shown)] };
        var hasDisposition = !EncodedWords.AreNeededFor(part.Disposition);
        return moved with
        {
            IsInternational = false,
            Subtype = IsGlobalMessage(part) ? "RFC822" : part.Subtype,
            Lines = part.IsMessage ? part.Lines + _patches.Where(patch => patch.Start >= part.BodyOffset && patch.End <= part.EndOffset).Sum(patch => patch.MoreLines) : part.Lines,
            Parameters = SimpleDowngrade.Of(part.Parameters),
            Id = SimpleDowngrade.Dropped(part.Id),
            Description = SimpleDowngrade.Text(part.Description),
            Md5 = SimpleDowngrade.Dropped(part.Md5),
            Disposition = hasDisposition ? part.Disposition : null,
            DispositionParameters = hasDisposition ? SimpleDowngrade.Of(part.DispositionParameters) : [],
            Language = part.Language.Any(EncodedWords.AreNeededFor) ? [] : part.Language,
            Location = SimpleDowngrade.Dropped(part.Location),
            Envelope = part.Envelope is { } envelope ? SimpleDowngrade.Of(envelope) : null,
            Parts = [.. part.Parts.Select(Shown)],
        };
    }

    private long Shifted(long offset)
    {
        var shifted = offset;
        foreach (var patch in _patches)
        {
            if (patch.End > offset)
                break;
            shifted += patch.Shift;
        }
        return shifted;
    }
}

/// <summary>Octets of a message that others stand in for.</summary>
/// <param name="Start">The first that is replaced.</param>
/// <param name="End">The first that is not.</param>
internal sealed record Patch(long Start, long End, byte[] Octets, int MoreLines)
{
    public long Shift => Octets.Length - (End - Start);
}
