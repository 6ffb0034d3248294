using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Writes one FETCH reply a message.</summary>
/// <param name="asked">RFC 7162 §3.1: a client that knows of MODSEQ is told it with them, asked for or not.</param>
internal sealed class FetchResponse(ImapSession session, IReadOnlyList<FetchItem> asked)
{
    private readonly IReadOnlyList<FetchItem> _items = session.Enabled.CondStore && !asked.Contains(FetchItem.ModSeq) ? [.. asked, FetchItem.ModSeq] : asked;
    private readonly ImapWriter _writer = session.Writer;
    private readonly bool _asksFlags = asked.Any(item => item.Kind == FetchKind.Flags);
    private readonly bool _asksStructure = asked.Any(item => item.Kind is FetchKind.Body or FetchKind.BodyStructure || item.Section is not null);
    private readonly FetchItem? _preview = asked.FirstOrDefault(item => item.Kind == FetchKind.Preview);
    private readonly bool _asksSize = asked.Any(item => item.Kind == FetchKind.Size);
    private readonly bool _asksEnvelope = asked.Any(item => item.Kind == FetchKind.Envelope);

    /// <summary>What has been read of the messages that are told of now.</summary>
    public FetchBatch Batch { get; set; } = FetchBatch.Empty;

    /// <summary>False, with nothing written, where a part is wanted without a transfer encoding that nobody knows (RFC 3516 §4.3).</summary>
    /// <param name="content">Null where no item needs it.</param>
    /// <param name="showFlags">The flags have changed by this very command and stand in the reply, asked for or not.</param>
    /// <exception cref="Blobs.BlobException">The message cannot be read; nothing has been written, unless the writer is within a reply.</exception>
    public async ValueTask<bool> WriteAsync(SequencedMessage message, MessageContent? content, bool showFlags)
    {
        await using var fetched = new FetchedSections(session.Backend.Store);
        var root = _asksStructure && content is not null ? MessageIndex.DecodeStructure(content.Structure) : null;
        // Everything that can fail comes before the first octet of the reply.
        var envelope = _asksEnvelope && content is not null ? MessageIndex.DecodeEnvelope(content.Envelope) : null;
        DowngradedMessage? downgraded = null;
        if (content is not null && !_writer.IsUtf8 && MessageIndex.IsInternational(content.Structure))
        {
            envelope = envelope is null ? null : SimpleDowngrade.Of(envelope);
            downgraded = await DowngradeAsync(content, root);
            root = root is null ? null : downgraded!.Root;
        }
        if (root is not null && !await fetched.OpenAsync(content!, root, _items, downgraded))
            return false;
        var preview = content?.Preview;
        if (_preview is { IsLazy: false } && content is not null)
            preview ??= await session.Backend.Store.ReadPreviewAsync(content);

        _writer.InReply = true;
        session.SelectedView.StartFetch(_writer, message);
        var next = 0;
        for (var i = 0; i < _items.Count; i++)
        {
            if (i > 0)
                _writer.Write(' ');
            if (_items[i].Section is not null)
                await WriteSectionAsync(_items[i], fetched.Sections[next++]);
            else if (_items[i].Kind == FetchKind.Preview)
                WritePreview(preview);
            else
                WriteItem(_items[i], downgraded is null ? message.Message : message.Message with { Size = downgraded.Length }, envelope, root);
        }
        if (showFlags && !_asksFlags)
        {
            _writer.Write(' ');
            session.SelectedView.WriteFlagsItem(_writer, message.Message);
        }
        _writer.Write(")\r\n"u8);
        _writer.InReply = false;
        await _writer.FlushIfLargeAsync();
        return true;
    }

    /// <summary>RFC 6858: the client takes no UTF-8 in headers; null where it asks for nothing that other headers would change, but for the envelope, which the index has.</summary>
    private async ValueTask<DowngradedMessage?> DowngradeAsync(MessageContent content, BodyPart? root) => root is null && !_asksSize
        ? null
        : await DowngradedMessage.ReadAsync(root ?? MessageIndex.DecodeStructure(content.Structure), offset => session.Backend.Store.OpenMessageAsync(content, offset));

    private void WritePreview(string? preview)
    {
        _writer.Write("PREVIEW "u8);
        _writer.Nstring(preview);
    }

    private void WriteItem(FetchItem item, MailboxMessage message, MessageEnvelope? envelope, BodyPart? root)
    {
        if (item.Kind == FetchKind.Flags)
        {
            session.SelectedView.WriteFlagsItem(_writer, message);
            return;
        }
        if (item.Kind == FetchKind.ModSeq)
        {
            MailboxView.WriteModSeqItem(_writer, message);
            return;
        }
        _writer.Write(item.Name);
        _writer.Write(' ');
        switch (item.Kind)
        {
            case FetchKind.InternalDate:
                _writer.Write(ImapDate.Format(message.InternalDate));
                break;
            case FetchKind.SaveDate:
                _writer.Write(Batch.SavedDates.TryGetValue(message.Uid, out var saved) ? ImapDate.Format(saved) : "NIL");
                break;
            case FetchKind.EmailId:
                _writer.Write($"({ObjectId.OfEmail(message.ContentId)})");
                break;
            case FetchKind.ThreadId:
                _writer.Write(Batch.ThreadIds.TryGetValue(message.ContentId, out var thread) ? $"({thread})" : "NIL");
                break;
            case FetchKind.Size:
                _writer.Write(message.Size);
                break;
            case FetchKind.Uid:
                _writer.Write(message.Uid);
                break;
            case FetchKind.Envelope:
                EnvelopeReply.Write(_writer, envelope!);
                break;
            default:
                BodyStructureReply.Write(_writer, root!, extended: item.Kind == FetchKind.BodyStructure);
                break;
        }
    }

    private async ValueTask WriteSectionAsync(FetchItem item, FetchedSection? section)
    {
        _writer.Write(item.Name);
        _writer.Write(' ');
        if (item.Kind == FetchKind.BinarySize)
            _writer.Write(section?.Length ?? 0);
        else if (section is null)
            _writer.Write("NIL"u8); // the message has no such part
        else
            await section.WriteAsync(_writer);
    }
}
