namespace MailMesh.Mime;

/// <summary>An envelope while its header is read. Of a repeated text field the first counts; repeated address fields are one list, so that none hides behind another.</summary>
internal sealed class EnvelopeFields
{
    private readonly List<EnvelopeAddress>?[] _addresses = new List<EnvelopeAddress>?[6];
    private string? _date;
    private string? _subject;
    private string? _inReplyTo;
    private string? _messageId;
    private string? _references;

    public void Set(PartField field, string value, AddressParser addresses)
    {
        switch (field)
        {
            case PartField.Date:
                _date ??= value;
                break;
            case PartField.Subject:
                _subject ??= value;
                break;
            case PartField.InReplyTo:
                _inReplyTo ??= value;
                break;
            case PartField.MessageId:
                _messageId ??= value;
                break;
            case PartField.References:
                _references ??= value;
                break;
            default:
                addresses.Parse(value, _addresses[field - PartField.From] ??= []);
                break;
        }
    }

    public MessageEnvelope Build()
    {
        var from = Of(PartField.From);
        return new MessageEnvelope
        {
            Date = _date,
            Subject = _subject,
            From = from,
            Sender = Of(PartField.Sender) is { Count: > 0 } sender ? sender : from,
            ReplyTo = Of(PartField.ReplyTo) is { Count: > 0 } replyTo ? replyTo : from,
            To = Of(PartField.To),
            Cc = Of(PartField.Cc),
            Bcc = Of(PartField.Bcc),
            InReplyTo = _inReplyTo,
            MessageId = _messageId,
        };
    }

    /// <summary>The Message-IDs of the messages before it in its thread, as <see cref="MessageIds.RefersTo"/> gives them.</summary>
    public string RefersTo() => MessageIds.RefersTo(_references, _inReplyTo);

    private List<EnvelopeAddress> Of(PartField field) => _addresses[field - PartField.From] ?? [];
}
