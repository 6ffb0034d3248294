namespace MailMesh.Access.Imap;

/// <summary>
/// The messages of APPEND (RFC 3502: one or more) and REPLACE (RFC 8508: one), as far as one line names them. Their octets come after the line, and then
/// the next line: <see cref="Next"/>.
/// </summary>
/// <remarks>RFC 4466 §6 append-message, with the CATENATE of RFC 4469, the literal8 of RFC 3516 and the UTF8 of RFC 6855.</remarks>
internal sealed class MessageArguments
{
    /// <summary>What one command may append; a client with more sends another command.</summary>
    public const int MaxMessages = 500;

    /// <summary>Parts of a CATENATE that one line names.</summary>
    private const int MaxSteps = 2000;

    private readonly List<MessageStep> _steps = [];
    private readonly bool _isSingle;
    private Place _place;

    private MessageArguments(Place place, bool isSingle)
    {
        _place = place;
        _isSingle = isSingle;
    }

    /// <summary>Where the grammar stands.</summary>
    private enum Place
    {
        BeforeMessage,
        BeforePart,
        AfterPart,

        /// <summary>Behind the literal of UTF8 (…).</summary>
        InUtf8,

        /// <summary>Behind the literal of UTF8 (…) within CATENATE.</summary>
        InUtf8Part,
        AfterMessage,
    }

    /// <summary>What is to be done, in order.</summary>
    public IReadOnlyList<MessageStep> Steps => _steps;

    /// <summary>The literal that the line ends with; null where the command ends.</summary>
    public LiteralMarker? Literal { get; private set; }

    /// <param name="isSingle">There is exactly one message.</param>
    public static MessageArguments Parse(ref ImapScanner scanner, bool isSingle)
    {
        var arguments = new MessageArguments(Place.BeforeMessage, isSingle);
        arguments.Read(ref scanner);
        return arguments;
    }

    /// <summary>Reads the line behind the literal.</summary>
    public MessageArguments Next(ref ImapScanner scanner)
    {
        var next = new MessageArguments(_place, _isSingle);
        next.Read(ref scanner);
        scanner.ExpectEnd();
        return next;
    }

    /// <summary>True for the start of a command that ends with the marker of a message's octets.</summary>
    public static bool AreAhead(ReadOnlySpan<byte> octets, bool isUtf8) =>
        AreWanted(octets) && ParsedCommand.Parse(octets, isUtf8).Command is IMessageCommand { Messages.Literal: not null };

    /// <summary>True for a command that takes messages, well-formed or not.</summary>
    public static bool AreWanted(ReadOnlySpan<byte> octets)
    {
        var scanner = new ImapScanner(octets);
        _ = scanner.Tag();
        return scanner.TakeWord(" APPEND ") || scanner.TakeWord(" REPLACE ") || scanner.TakeWord(" UID REPLACE ");
    }

    /// <summary>True for the start of a line behind a literal that ends with the marker of a message's octets.</summary>
    public bool AreNext(ReadOnlySpan<byte> octets)
    {
        var scanner = new ImapScanner(octets);
        var next = Next(ref scanner);
        return !scanner.Failed && next.Literal is not null;
    }

    private void Read(ref ImapScanner scanner)
    {
        while (!scanner.Failed && Literal is null)
        {
            if (_steps.Count > MaxSteps)
                scanner.Fail("Too many parts");
            switch (_place)
            {
                case Place.BeforeMessage:
                    scanner.ExpectSpace();
                    ReadMessage(ref scanner);
                    break;
                case Place.BeforePart:
                    ReadPart(ref scanner);
                    break;
                case Place.AfterPart when scanner.Take(' '):
                    _place = Place.BeforePart;
                    break;
                case Place.AfterPart or Place.InUtf8:
                    scanner.Expect(')');
                    End();
                    break;
                case Place.InUtf8Part:
                    scanner.Expect(')');
                    _place = Place.AfterPart;
                    break;
                case Place.AfterMessage:
                    // A blank too many behind the last message is harmless.
                    if (_isSingle || !scanner.Take(' ') || scanner.AtEnd)
                        return;
                    ReadMessage(ref scanner);
                    break;
            }
        }
    }

    private void ReadMessage(ref ImapScanner scanner)
    {
        var flags = FlagList.None;
        if (scanner.Ahead == '(')
        {
            flags = FlagList.ParseList(ref scanner);
            scanner.ExpectSpace();
        }
        DateTimeOffset? date = null;
        if (scanner.Ahead == '"')
        {
            date = ImapDate.ParseDateTime(ref scanner);
            scanner.ExpectSpace();
        }
        _steps.Add(new MessageStep.Begin(flags, date));
        if (scanner.TakeWord("CATENATE ("))
            _place = Place.BeforePart;
        else if (scanner.TakeWord("UTF8 ("))
            TakeLiteral(ref scanner, Place.InUtf8);
        else if (TakeLiteral(ref scanner, Place.AfterMessage))
            End();
    }

    private void ReadPart(ref ImapScanner scanner)
    {
        if (scanner.TakeWord("URL "))
        {
            _steps.Add(new MessageStep.Url(scanner.Astring()));
            _place = Place.AfterPart;
        }
        else if (scanner.TakeWord("UTF8 ("))
        {
            TakeLiteral(ref scanner, Place.InUtf8Part);
        }
        else if (scanner.TakeWord("TEXT "))
        {
            TakeLiteral(ref scanner, Place.AfterPart);
        }
        else
        {
            scanner.Fail("URL or TEXT expected");
        }
    }

    private bool TakeLiteral(ref ImapScanner scanner, Place after)
    {
        var isUtf8 = after is Place.InUtf8 or Place.InUtf8Part;
        if (!scanner.TakeLastLiteralMarker(out var marker) || (isUtf8 && !marker.IsBinary))
        {
            scanner.Fail("Message expected, as a literal");
            return false;
        }
        _steps.Add(new MessageStep.Literal(marker, isUtf8) { IsWhole = after is Place.InUtf8 or Place.AfterMessage });
        Literal = marker;
        _place = after;
        return true;
    }

    private void End()
    {
        _steps.Add(new MessageStep.End());
        _place = Place.AfterMessage;
    }
}

/// <summary>A step on the way to a message.</summary>
internal abstract record MessageStep
{
    private MessageStep()
    {
    }

    internal sealed record Begin(FlagList Flags, DateTimeOffset? InternalDate) : MessageStep;

    /// <summary>Octets of another message (RFC 4469).</summary>
    internal sealed record Url(string Text) : MessageStep;

    /// <summary>Octets that the client sends.</summary>
    /// <param name="IsUtf8">RFC 6855 §4: the header may be UTF-8; only after ENABLE.</param>
    internal sealed record Literal(LiteralMarker Marker, bool IsUtf8) : MessageStep
    {
        /// <summary>It is the whole message, not a part of it.</summary>
        public bool IsWhole { get; init; }
    }

    internal sealed record End : MessageStep;
}

/// <summary>A command that messages follow, which go to the store as they arrive.</summary>
internal interface IMessageCommand : IImapCommand
{
    /// <summary>What the command's first line says of them.</summary>
    MessageArguments Messages { get; }

    /// <summary>A literal that the client announced and nobody read; null once the command has ended.</summary>
    LiteralMarker? Unread { get; set; }
}
