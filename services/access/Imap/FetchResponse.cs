using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Writes one FETCH reply a message.</summary>
internal sealed class FetchResponse(ImapSession session, IReadOnlyList<FetchItem> items)
{
    private readonly ImapWriter _writer = session.Writer;
    private readonly bool _asksFlags = items.Any(item => item.Kind == FetchKind.Flags);
    private readonly bool _asksStructure = items.Any(item => item.Kind is FetchKind.Body or FetchKind.BodyStructure or FetchKind.Section);
    private readonly bool _asksEnvelope = items.Any(item => item.Kind == FetchKind.Envelope);

    /// <param name="content">Null where no item needs it.</param>
    /// <param name="showFlags">The flags have changed by this very command and stand in the reply, asked for or not.</param>
    /// <exception cref="Blobs.BlobException">The message cannot be read; nothing has been written, unless the writer is within a reply.</exception>
    public async ValueTask WriteAsync(SequencedMessage message, MessageContent? content, bool showFlags)
    {
        await using var fetched = new FetchedSections(session.Backend.Store);
        var root = _asksStructure && content is not null ? MessageIndex.DecodeStructure(content.Structure) : null;
        // Everything that can fail comes before the first octet of the reply.
        var envelope = _asksEnvelope && content is not null ? MessageIndex.DecodeEnvelope(content.Envelope) : null;
        if (root is not null)
            await fetched.OpenAsync(content!, root, items);

        _writer.InReply = true;
        _writer.Write("* "u8);
        _writer.Write(message.Sequence);
        _writer.Write(" FETCH ("u8);
        var next = 0;
        for (var i = 0; i < items.Count; i++)
        {
            if (i > 0)
                _writer.Write(' ');
            if (items[i].Kind == FetchKind.Section)
                await WriteSectionAsync(items[i], fetched.Sections[next++]);
            else
                WriteItem(items[i], message.Message, envelope, root);
        }
        if (showFlags && !_asksFlags)
        {
            _writer.Write(' ');
            session.SelectedView.WriteFlagsItem(_writer, message.Message);
        }
        _writer.Write(")\r\n"u8);
        _writer.InReply = false;
        await _writer.FlushIfLargeAsync();
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
        if (section is null)
        {
            _writer.Write("NIL"u8); // the message has no such part
            return;
        }
        _writer.LiteralStart(section.Length);
        if (section.Source is not null)
            await _writer.CopyAsync(section.Source, section.Length);
        else
            _writer.Write(section.Octets.Span);
    }
}
