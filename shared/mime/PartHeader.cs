namespace MailMesh.Mime;

/// <summary>A part's MIME fields while its header is read; of a repeated field the first counts.</summary>
internal sealed class PartHeader
{
    /// <summary>RFC 2045 §5.2: text/plain; charset=us-ascii, where a part does not say or says it wrongly.</summary>
    public static readonly KeyValuePair<string, string>[] UsAscii = [new("CHARSET", "US-ASCII")];

    private string? _type;
    private string? _subtype;
    private string? _encoding;
    private IReadOnlyList<KeyValuePair<string, string>>? _parameters;

    /// <summary>RFC 2046 §5.1.5: a part of a digest is a message where it does not say.</summary>
    public bool IsInDigest { get; init; }

    /// <summary>UTF-8 beyond ASCII stands in one of its fields, kept or not.</summary>
    public bool IsInternational { get; set; }

    /// <summary>Of a message; null in a part that is none.</summary>
    public EnvelopeFields? Envelope { get; init; }

    public string Type => _type ?? (IsInDigest ? "MESSAGE" : "TEXT");

    public string Subtype => _subtype ?? (IsInDigest ? "RFC822" : "PLAIN");

    public IReadOnlyList<KeyValuePair<string, string>> Parameters => _parameters ?? (IsInDigest ? [] : UsAscii);

    public string Encoding => _encoding ?? "7BIT";

    public string? Id { get; private set; }

    public string? Description { get; private set; }

    public string? Md5 { get; private set; }

    public string? Disposition { get; private set; }

    public IReadOnlyList<KeyValuePair<string, string>> DispositionParameters { get; private set; } = [];

    public IReadOnlyList<string> Language { get; private set; } = [];

    public string? Location { get; private set; }

    public string? Boundary => ParameterValue.Find(Parameters, "boundary") is { Length: > 0 } boundary ? boundary : null;

    public void Set(PartField field, string value, AddressParser addresses)
    {
        switch (field)
        {
            case PartField.ContentType:
                SetType(value);
                break;
            case PartField.ContentTransferEncoding:
                _encoding ??= MimeNames.Upper(new FieldCursor(value).ReadToken()) is { Length: > 0 } encoding ? encoding : null;
                break;
            case PartField.ContentDisposition:
                SetDisposition(value);
                break;
            case PartField.ContentId:
                Id ??= value;
                break;
            case PartField.ContentDescription:
                Description ??= value;
                break;
            case PartField.ContentMd5:
                Md5 ??= value;
                break;
            case PartField.ContentLocation:
                Location ??= value;
                break;
            case PartField.ContentLanguage when Language.Count == 0:
                Language = new FieldCursor(value).ReadList();
                break;
            case > PartField.ContentLocation:
                Envelope?.Set(field, value, addresses);
                break;
        }
    }

    /// <summary>Decides what the body is; what cannot be taken apart becomes opaque octets, since MESSAGE/RFC822 and MULTIPART promise parts.</summary>
    /// <param name="isNested">The part may hold parts of its own.</param>
    public PartContent ContentOf(bool isNested)
    {
        var isMultipart = Type == "MULTIPART";
        var isGlobal = Type == "MESSAGE" && Subtype == "GLOBAL"; // RFC 6532 §3.7
        var isMessage = isGlobal || (Type == "MESSAGE" && Subtype == "RFC822");
        if (isMultipart && isNested)
            return PartContent.Multipart;
        if (isMessage && isNested && Encoding is not ("BASE64" or "QUOTED-PRINTABLE"))
            return PartContent.Message;
        if (isMultipart || (isMessage && !isGlobal))
            SetOpaque();
        return PartContent.Opaque;
    }

    public void SetOpaque()
    {
        var parameters = _parameters ?? [];
        _type = "APPLICATION";
        _subtype = "OCTET-STREAM";
        _parameters = parameters;
    }

    private void SetType(string value)
    {
        if (_parameters is not null)
            return;
        var cursor = new FieldCursor(value);
        var type = cursor.ReadToken();
        if (type.IsEmpty || !cursor.TryTake('/') || cursor.ReadToken() is not { IsEmpty: false } subtype)
            return;
        _type = MimeNames.Upper(type);
        _subtype = MimeNames.Upper(subtype);
        _parameters = cursor.ReadParameters();
    }

    private void SetDisposition(string value)
    {
        var cursor = new FieldCursor(value);
        if (Disposition is not null || cursor.ReadToken() is not { IsEmpty: false } disposition)
            return;
        Disposition = MimeNames.Shared(disposition);
        DispositionParameters = cursor.ReadParameters();
    }
}
