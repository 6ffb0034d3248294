using System.Buffers;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>The octets of a FETCH reply's sections, opened before the reply starts so that it cannot fail half-way for want of them.</summary>
internal sealed class FetchedSections(MailboxStore store) : IAsyncDisposable
{
    /// <summary>Sections of a message up to this size are cut from one reading of it.</summary>
    private const int MaxHeldOctets = 64 * 1024;

    private readonly List<FetchedSection?> _sections = [];
    private DowngradedMessage? _downgraded;
    private byte[]? _message;

    /// <summary>One for each section item, in order; null where the message has no such part.</summary>
    public IReadOnlyList<FetchedSection?> Sections => _sections;

    /// <summary>False where a section is to be decoded from an encoding that nobody knows.</summary>
    /// <param name="downgraded">What stands for the message; null for itself.</param>
    /// <exception cref="Blobs.BlobException">The message cannot be read.</exception>
    public async ValueTask<bool> OpenAsync(MessageContent content, BodyPart root, IReadOnlyList<FetchItem> items, DowngradedMessage? downgraded = null)
    {
        _downgraded = downgraded;
        var sections = items.Count(item => item.Section is not null);
        var size = downgraded?.Length ?? (content.HeaderPrefix.Length + content.BlobSize);
        if (sections > 1 && size <= MaxHeldOctets)
            await HoldAsync(content, (int)size);
        foreach (var item in items)
        {
            if (item.Section is not { } section)
                continue;
            var encoded = item.Kind is FetchKind.Binary or FetchKind.BinarySize ? DecodedSection.EncodedPart(section, root) : null;
            if (encoded is not null && !TransferDecoding.IsKnown(encoded.Encoding))
                return false;
            if (SectionRange.Of(section, root) is not { } range)
                _sections.Add(null);
            else if (encoded is not null)
                _sections.Add(await DecodedSection.OpenAsync(() => OpenAsync(content, range.Start), range.Length, encoded, item));
            else if (section.Fields.Count > 0)
                _sections.Add(Cut(await HeaderFieldsAsync(content, section, range), item));
            else
                _sections.Add(await OpenAsync(content, item.PartialStart is { } start ? range.Part(start, item.PartialCount) : range, item.Kind == FetchKind.BinarySize));
        }
        return true;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var section in _sections)
        {
            if (section?.Source is { } source)
                await source.DisposeAsync();
        }
        if (_message is not null)
            ArrayPool<byte>.Shared.Return(_message);
    }

    private ValueTask<Stream> OpenAsync(MessageContent content, long offset) =>
        _downgraded is null ? store.OpenMessageAsync(content, offset) : ValueTask.FromResult(_downgraded.Open(offset));

    private async ValueTask HoldAsync(MessageContent content, int size)
    {
        _message = ArrayPool<byte>.Shared.Rent(size);
        await using var source = await OpenAsync(content, 0);
        await source.ReadExactlyAsync(_message.AsMemory(0, size));
    }

    private async ValueTask<FetchedSection> OpenAsync(MessageContent content, SectionRange range, bool isSizeAlone)
    {
        if (_message is not null)
            return new FetchedSection(range.Length, null, _message.AsMemory((int)range.Start, (int)range.Length));
        if (range.Length == 0)
            return FetchedSection.Nothing;
        if (isSizeAlone)
            return new FetchedSection(range.Length, null, default);
        return new FetchedSection(range.Length, await OpenAsync(content, range.Start), default);
    }

    private async ValueTask<ReadOnlyMemory<byte>> HeaderFieldsAsync(MessageContent content, BodySection section, SectionRange header)
    {
        var filter = new HeaderFieldFilter(section.Fields, section.Text == SectionText.HeaderFields);
        if (_message is not null)
        {
            filter.Add(_message.AsSpan((int)header.Start, (int)header.Length));
            return filter.Finish();
        }
        await using var source = await OpenAsync(content, header.Start);
        var buffer = ArrayPool<byte>.Shared.Rent(8192);
        try
        {
            for (var left = header.Length; left > 0;)
            {
                var read = await source.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
                if (read == 0)
                    break;
                filter.Add(buffer.AsSpan(0, read));
                left -= read;
            }
            return filter.Finish();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FetchedSection Cut(ReadOnlyMemory<byte> fields, FetchItem item)
    {
        var range = new SectionRange(0, fields.Length);
        if (item.PartialStart is { } start)
            range = range.Part(start, item.PartialCount);
        return new FetchedSection(range.Length, null, fields.Slice((int)range.Start, (int)range.Length));
    }
}

/// <summary>Octets of one section: a stream that starts at them, or the octets themselves.</summary>
internal sealed record FetchedSection(long Length, Stream? Source, ReadOnlyMemory<byte> Octets)
{
    public static readonly FetchedSection Nothing = new(0, null, default);

    /// <summary>Of the whole content, where it was decoded; null where it stands as it is in the message.</summary>
    public ContentCount? Count { get; init; }

    /// <summary>RFC 4466: octets with a NUL as a literal8.</summary>
    public async ValueTask WriteAsync(ImapWriter writer)
    {
        if (Count is { HasNul: true })
            writer.Write('~');
        writer.LiteralStart(Length);
        if (Source is not null)
            await writer.CopyAsync(Source, Length);
        else
            writer.Write(Octets.Span);
    }
}
