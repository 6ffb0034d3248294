namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.5: one thing that FETCH is asked for.</summary>
/// <param name="Name">As it stands in the reply.</param>
internal sealed record FetchItem(FetchKind Kind, string Name)
{
    /// <summary>Octets of the message, where <see cref="Kind"/> is Section, Binary or BinarySize; otherwise null.</summary>
    public BodySection? Section { get; init; }

    /// <summary>First octet of a partial fetch; null for all.</summary>
    public long? PartialStart { get; init; }

    public long PartialCount { get; init; }

    /// <summary>Fetching it sets \Seen.</summary>
    public bool SetsSeen { get; init; }

    /// <summary>It needs more than the mailbox's list of messages.</summary>
    public bool NeedsContent => Kind is FetchKind.Envelope or FetchKind.Body or FetchKind.BodyStructure or FetchKind.Preview or FetchKind.SaveDate or FetchKind.ThreadId || Section is not null;

    /// <summary>RFC 8970 §3.2: only a preview that is there already.</summary>
    public bool IsLazy { get; init; }

    private static readonly FetchItem Flags = new(FetchKind.Flags, "FLAGS");
    private static readonly FetchItem InternalDate = new(FetchKind.InternalDate, "INTERNALDATE");
    private static readonly FetchItem Size = new(FetchKind.Size, "RFC822.SIZE");
    private static readonly FetchItem Envelope = new(FetchKind.Envelope, "ENVELOPE");
    private static readonly FetchItem Body = new(FetchKind.Body, "BODY");

    /// <summary>RFC 7162 §3.1.4.2.</summary>
    public static readonly FetchItem ModSeq = new(FetchKind.ModSeq, "MODSEQ");

    public static readonly FetchItem Uid = new(FetchKind.Uid, "UID");

    /// <summary>An item, or a macro where <paramref name="macros"/> may stand: alone, not in a list.</summary>
    public static IReadOnlyList<FetchItem> Parse(ref ImapScanner scanner, bool macros)
    {
        var name = scanner.Word();
        switch (name)
        {
            case "ALL" when macros:
                return [Flags, InternalDate, Size, Envelope];
            case "FAST" when macros:
                return [Flags, InternalDate, Size];
            case "FULL" when macros:
                return [Flags, InternalDate, Size, Envelope, Body];
            case "FLAGS":
                return [Flags];
            case "INTERNALDATE":
                return [InternalDate];
            case "RFC822.SIZE":
                return [Size];
            case "ENVELOPE":
                return [Envelope];
            case "UID":
                return [Uid];
            case "MODSEQ":
                return [ModSeq];
            case "SAVEDATE":
                return [new FetchItem(FetchKind.SaveDate, name)]; // RFC 8514
            case "EMAILID":
                return [new FetchItem(FetchKind.EmailId, name)]; // RFC 8474 §5
            case "THREADID":
                return [new FetchItem(FetchKind.ThreadId, name)];
            case "BODYSTRUCTURE":
                return [new FetchItem(FetchKind.BodyStructure, name)];
            case "RFC822":
                return [Rfc822(name, BodySection.Whole, setsSeen: true)];
            case "RFC822.HEADER":
                return [Rfc822(name, BodySection.MessageHeader, setsSeen: false)];
            case "RFC822.TEXT":
                return [Rfc822(name, BodySection.MessageText, setsSeen: true)];
            case "BODY" when scanner.Ahead != '[':
                return [Body];
            case "BODY" or "BODY.PEEK":
                return [ParseSection(ref scanner, setsSeen: name == "BODY")];
            case "BINARY" or "BINARY.PEEK":
                return [ParseBinary(ref scanner, setsSeen: name == "BINARY")];
            case "BINARY.SIZE":
                return [ParseBinarySize(ref scanner)];
            case "PREVIEW":
                return [new FetchItem(FetchKind.Preview, name) { IsLazy = scanner.TakeWord(" (LAZY)") }];
            default:
                scanner.Fail("Unknown FETCH item");
                return [];
        }
    }

    private static FetchItem Rfc822(string name, BodySection section, bool setsSeen) =>
        new(FetchKind.Section, name) { Section = section, SetsSeen = setsSeen };

    /// <summary>RFC 3516 §4.2. More sections than its numbers, and a start without a count, are taken as Dovecot takes them.</summary>
    private static FetchItem ParseBinary(ref ImapScanner scanner, bool setsSeen)
    {
        scanner.Expect('[');
        var section = BodySection.Parse(ref scanner);
        if (!scanner.Take('<'))
            return new FetchItem(FetchKind.Binary, $"BINARY[{section}]") { Section = section, SetsSeen = setsSeen };
        var start = scanner.Number64();
        var count = scanner.Take('.') ? scanner.NonZeroNumber64() : long.MaxValue;
        scanner.Expect('>');
        return new FetchItem(FetchKind.Binary, $"BINARY[{section}]<{start}>")
        {
            Section = section,
            SetsSeen = setsSeen,
            PartialStart = start,
            PartialCount = count,
        };
    }

    /// <summary>RFC 3516 §4.3.</summary>
    private static FetchItem ParseBinarySize(ref ImapScanner scanner)
    {
        scanner.Expect('[');
        var section = BodySection.Parse(ref scanner);
        return new FetchItem(FetchKind.BinarySize, $"BINARY.SIZE[{section}]") { Section = section };
    }

    private static FetchItem ParseSection(ref ImapScanner scanner, bool setsSeen)
    {
        scanner.Expect('[');
        var section = BodySection.Parse(ref scanner);
        if (!scanner.Take('<'))
            return new FetchItem(FetchKind.Section, $"BODY[{section}]") { Section = section, SetsSeen = setsSeen };
        var start = scanner.Number64();
        scanner.Expect('.');
        var count = scanner.NonZeroNumber64();
        scanner.Expect('>');
        return new FetchItem(FetchKind.Section, $"BODY[{section}]<{start}>")
        {
            Section = section,
            SetsSeen = setsSeen,
            PartialStart = start,
            PartialCount = count,
        };
    }
}

internal enum FetchKind
{
    Flags,
    InternalDate,
    Size,
    Uid,
    ModSeq,
    SaveDate,
    EmailId,
    ThreadId,
    Envelope,
    Body,
    BodyStructure,
    Section,

    /// <summary>A section without its transfer encoding.</summary>
    Binary,
    BinarySize,
    Preview,
}
