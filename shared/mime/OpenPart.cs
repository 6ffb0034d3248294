namespace MailMesh.Mime;

/// <summary>What the body of a part is to us.</summary>
internal enum PartContent
{
    Opaque,
    Multipart,
    Message,
}

/// <summary>A part whose end was not read yet.</summary>
internal sealed class OpenPart
{
    private List<BodyPart>? _parts;
    private MessageEnvelope? _envelope;

    public required PartHeader Header { get; init; }

    public PartContent Content { get; set; }

    public bool InHeader { get; set; }

    public long HeaderOffset { get; set; }

    public long BodyOffset { get; set; }

    /// <summary>Lines of the message before the body.</summary>
    public long LinesBefore { get; set; }

    /// <summary>The boundary while the multipart waits for it.</summary>
    public byte[]? Boundary { get; set; }

    /// <summary>Its last part takes all the rest: there are too many.</summary>
    public bool IsFull { get; set; }

    public void Add(OpenPart child, BodyPart part)
    {
        (_parts ??= []).Add(part);
        if (Content == PartContent.Message)
            _envelope = child.Header.Envelope!.Build();
    }

    /// <param name="end">Offset after the body.</param>
    /// <param name="lines">Lines of the message before that.</param>
    public BodyPart Close(long end, long lines)
    {
        var header = Header;
        // The CRLF before the boundary may be the empty line of a header: then it stays with the header, here and in the parts around.
        var endOffset = Math.Max(_parts is null ? BodyOffset : _parts[^1].EndOffset, end);
        if (endOffset > end)
            lines++;
        var countsLines = header.Type == "TEXT" || Content == PartContent.Message;
        return new BodyPart
        {
            Type = header.Type,
            Subtype = header.Subtype,
            Parameters = header.Parameters,
            Id = header.Id,
            Description = header.Description,
            Encoding = header.Encoding,
            Md5 = header.Md5,
            Disposition = header.Disposition,
            DispositionParameters = header.DispositionParameters,
            Language = header.Language,
            Location = header.Location,
            HeaderOffset = HeaderOffset,
            BodyOffset = BodyOffset,
            EndOffset = endOffset,
            Lines = countsLines ? Math.Max(0, lines - LinesBefore) : 0,
            Parts = PartsOf(endOffset, lines),
            Envelope = _envelope,
            IsInternational = header.IsInternational || _parts?.Exists(part => part.IsInternational) == true || (Content == PartContent.Message && header.Subtype == "GLOBAL"),
        };
    }

    /// <summary>RFC 3501 §9 body-type-mpart wants a part: a multipart whose boundary never came shows all of its body as one.</summary>
    private List<BodyPart> PartsOf(long endOffset, long lines)
    {
        if (_parts is not null)
            return _parts;
        if (Content != PartContent.Multipart)
            return [];
        return [new BodyPart { Parameters = PartHeader.UsAscii, HeaderOffset = BodyOffset, BodyOffset = BodyOffset, EndOffset = endOffset, Lines = Math.Max(0, lines - LinesBefore) }];
    }
}
