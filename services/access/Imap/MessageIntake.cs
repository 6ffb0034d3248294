using MailMesh.Blobs;
using MailMesh.Mailstore;
using MailMesh.Mime;

namespace MailMesh.Access.Imap;

/// <summary>Takes the messages of a command into the blob store while they arrive; memory stays bounded.</summary>
/// <remarks>What it stored and no mailbox refers to in the end is collected with other garbage.</remarks>
/// <param name="settable">RFC 4314 §4: flags that could not be set in the target are left out.</param>
internal sealed class MessageIntake(ImapSession session, IMessageCommand command, SettableFlags settable) : IAsyncDisposable
{
    private static readonly Completion Empty = Completion.No("Message is empty", "CANNOT");

    private static readonly Completion TooBig = Completion.No("Message is too large", "TOOBIG");

    private static readonly Completion TooMany = Completion.No("Too many messages for one command", "LIMIT");

    private static readonly Completion NotEnabled = Completion.Bad("UTF8 has to be enabled first");

    /// <summary>RFC 3516 §4.4 lets a part be encoded otherwise; what stands outside of the parts cannot be.</summary>
    private static readonly Completion NotEncodable = Completion.No("Message has NUL octets where no part can be encoded", "CANNOT");

    /// <summary>Largest messages that one command may append.</summary>
    private const int MessagesTogether = 10;

    private readonly List<NewMessage> _messages = [];
    private MessageStep.Begin? _begin;
    private BlobWriter? _blob;
    private bool _hasNul;
    private bool _isInternational;
    private Completion? _failure;

    /// <summary>In the order in which they came.</summary>
    public IReadOnlyList<NewMessage> Messages => _messages;

    /// <summary>Reads the command to its end; gives a refusal, after which some of it may be unread.</summary>
    public async ValueTask<Completion?> TakeAsync()
    {
        var arguments = command.Messages;
        while (true)
        {
            foreach (var step in arguments.Steps)
            {
                if (await TakeAsync(step) is { } refusal)
                    return refusal;
            }
            if (arguments.Literal is null)
                return _failure;
            var input = await session.Reader.ReadRestAsync(arguments);
            if (input.Kind is not (CommandInputKind.Complete or CommandInputKind.MessageAhead))
                return await session.RefusalOfAsync(input);
            if (Next(arguments, input, out var next) is { } malformed)
                return malformed;
            arguments = next;
            command.Unread = arguments.Literal;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_blob is not null)
            await _blob.DisposeAsync();
    }

    private Completion? Next(MessageArguments arguments, CommandInput input, out MessageArguments next)
    {
        var scanner = new ImapScanner(input.Octets.Span, session.Writer.IsUtf8);
        next = arguments.Next(ref scanner);
        return scanner.Failed ? Completion.Bad(scanner.Error!) : null;
    }

    private async ValueTask<Completion?> TakeAsync(MessageStep step)
    {
        // Nothing can come of it: what has been asked for is read to its line's end, and nothing else is asked for.
        if (_failure is not null && step is not MessageStep.End)
            return _failure;
        switch (step)
        {
            case MessageStep.Begin begin:
                return Begin(begin);
            case MessageStep.Url url:
                return await AddUrlAsync(url.Text);
            case MessageStep.Literal literal:
                return await AddLiteralAsync(literal);
            default:
                if (_failure is null)
                    _failure = await EndAsync();
                return null;
        }
    }

    private Completion? Begin(MessageStep.Begin begin)
    {
        var limit = MessageLimit.Of(session);
        var most = limit.IsPassedBy(MessageArguments.MaxMessages) ? limit.Messages : MessageArguments.MaxMessages;
        if (_messages.Count >= most)
            return limit.IsSet ? new MessageLimit(most).Refusal() : TooMany;
        _begin = begin;
        _blob = session.Backend.Blobs.Create();
        _hasNul = false;
        _isInternational = session.Enabled.Imap4Rev2; // RFC 9051 §6.3.12: any message may have UTF-8 in its header there
        return null;
    }

    private async ValueTask<Completion?> AddUrlAsync(string text)
    {
        await using var octets = await UrlOctets.OpenAsync(session, text);
        if (octets.Section is not { } section)
            return Completion.No("URL leads to nothing", $"BADURL {ImapWriter.QuotedText(text)}");
        if (section.Length > Room)
            return TooBig;
        _isInternational |= MessageIndex.IsInternational(octets.Content!.Structure);
        await octets.CopyAsync(AddAsync);
        return null;
    }

    private async ValueTask<Completion?> AddLiteralAsync(MessageStep.Literal literal)
    {
        if (literal.IsUtf8 && !session.Enabled.Utf8Accept)
            return NotEnabled;
        if (literal.Marker.Octets > Room)
            return TooBig;
        // RFC 3502 §6.3.11: a message of no octets takes the command back.
        if (literal is { IsWhole: true, Marker.Octets: 0 })
            return Empty;
        command.Unread = null;
        _isInternational |= literal.IsUtf8;
        if (!literal.Marker.NonSynchronizing)
        {
            session.Writer.Write("+ Ready for the message\r\n"u8);
            await session.Writer.FlushAsync();
        }
        await session.Reader.CopyLiteralAsync(literal.Marker.Octets, AddAsync);
        return null;
    }

    /// <summary>What the message may still grow by. All together are bounded too: a short CATENATE can name much.</summary>
    private long Room => Math.Min(session.Server.Options.MaxAppendBytes, (MessagesTogether * session.Server.Options.MaxAppendBytes) - _messages.Sum(m => m.Size)) - _blob!.Length;

    /// <summary>Never throws: a literal is read to its end, so that the connection stays in step, also where the store cannot take it.</summary>
    private async ValueTask AddAsync(ReadOnlyMemory<byte> octets)
    {
        if (_failure is not null)
            return;
        try
        {
            _hasNul = _hasNul || octets.Span.Contains((byte)0);
            await _blob!.WriteAsync(octets);
        }
        catch (IOException full)
        {
            _failure = Refuse(full);
        }
    }

    private async ValueTask<Completion?> EndAsync()
    {
        if (_blob!.Length == 0)
            return Empty;
        try
        {
            var (reference, length) = (await _blob.CompleteAsync(), _blob.Length);
            await _blob.DisposeAsync();
            _blob = null;
            if (_hasNul)
            {
                // RFC 3501 §9: no literal of FETCH can hold a NUL, so that a part with one is kept encoded.
                if (await EncodedBinary.StoreAsync(session.Backend.Blobs, reference) is not { } encoded)
                    return NotEncodable;
                (reference, length) = encoded;
            }
            var flags = _begin!.Flags;
            var keywords = flags.Keywords.Count == 0 || !settable.Keywords ? null : string.Join(' ', flags.Keywords);
            _messages.Add(new NewMessage(reference, length, flags.System & settable.System, keywords, _begin.InternalDate) { IsInternational = _isInternational });
        }
        catch (IOException failure)
        {
            return Refuse(failure);
        }
        return null;
    }

    private Completion Refuse(IOException failure)
    {
        ImapLog.StoreFailed(session.Server.Log, failure, command.GetType().Name, session.Connection.Remote);
        return Completion.Unavailable;
    }
}
