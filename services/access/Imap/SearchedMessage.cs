using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;
using MailMesh.Search;

namespace MailMesh.Access.Imap;

/// <summary>A message under a search that has to look into it.</summary>
internal sealed class SearchedMessage(MailboxStore store, SearchScope scope, SequencedMessage listed, MessageContent content)
{
    private MessageEnvelope? _envelope;
    private BodyPart? _root;
    private IndexedText? _text;

    public SequencedMessage Listed { get; } = listed;

    public SearchScope Scope { get; } = scope;

    /// <summary>The day of the Date field, in its own zone; null where there is none that can be read.</summary>
    public DateOnly? SentDate => MessageText.Date(Envelope) is { } date ? DateOnly.FromDateTime(date.DateTime) : null;

    /// <summary>RFC 3501 §6.4.4: the envelope's field contains the text.</summary>
    /// <param name="field">BCC, CC, FROM, SUBJECT or TO.</param>
    public bool EnvelopeContains(string field, string text) => field switch
    {
        "BCC" => MessageText.AddressesContain(Envelope.Bcc, text),
        "CC" => MessageText.AddressesContain(Envelope.Cc, text),
        "FROM" => MessageText.AddressesContain(Envelope.From, text),
        "TO" => MessageText.AddressesContain(Envelope.To, text),
        _ => MessageText.SubjectContains(Envelope.Subject, text),
    };

    public ValueTask<bool> HeaderContainsAsync(string field, string text) => ReadAsync(message => MessageText.HeaderContains(message, field, text));

    public ValueTask<bool> BodyContainsAsync(string text) => ReadAsync(message => MessageText.BodyContains(message, Root, text));

    /// <summary>Header, MIME header fields or body contain the text.</summary>
    public ValueTask<bool> TextContainsAsync(string text) =>
        MessageText.PartFieldsContain(Root, text) ? ValueTask.FromResult(true) : ReadAsync(message => MessageText.TextContains(message, Root, text));

    /// <summary>RFC 6203: how well a field of the envelope fits.</summary>
    public int FuzzyScore(string field, FuzzyQuery query)
    {
        var text = field switch
        {
            "BCC" => MessageText.Addresses(Envelope.Bcc),
            "CC" => MessageText.Addresses(Envelope.Cc),
            "FROM" => MessageText.Addresses(Envelope.From),
            "TO" => MessageText.Addresses(Envelope.To),
            _ => Envelope.Subject is { } subject ? MessageText.Decode(subject) : "",
        };
        return text.Length == 0 ? 0 : query.Score(IndexedText.None with { Header = TextTokens.Of(text) });
    }

    /// <summary>The message's words, for one that is not in the full-text index.</summary>
    public async ValueTask<IndexedText> IndexedTextAsync() => _text ??= await MessageTexts.ReadAsync(store, content);

    public async ValueTask<string?> ThreadIdAsync() =>
        await store.HeadingsAsync([content.Id], withReferences: true) is [var heading] ? ObjectId.OfThread(heading) : null;

    private async ValueTask<bool> ReadAsync(Func<Stream, bool> contains)
    {
        await using var message = await store.OpenMessageAsync(content);
        return await SynchronousReading.RunAsync(content.BlobSize, () => contains(message));
    }

    private MessageEnvelope Envelope => _envelope ??= MessageIndex.DecodeEnvelope(content.Envelope);

    private BodyPart Root => _root ??= MessageIndex.DecodeStructure(content.Structure);
}
