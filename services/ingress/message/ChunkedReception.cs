using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Session;

namespace MailMesh.Ingress.Message;

/// <summary>
/// RFC 3030 §2: a message that comes in chunks, each with its reply. What comes behind a refusal, for a client that pipelines
/// cannot know of it, is read, thrown away and refused by the same words.
/// </summary>
internal sealed class ChunkedReception(SmtpSession session, bool binary) : IAsyncDisposable
{
    private static readonly byte[] LineEnd = "\r\n"u8.ToArray();

    private readonly IngressOptions _options = session.Server.Options;
    private readonly ContentScanner _scanner = new(session.Server.Options.MaxTextLineBytes, session.Server.Options.MaxMessageBytes, binary);
    private MessageReception? _message;
    private Reply? _refusal;

    /// <summary>Longer than anybody waits to see a refusal.</summary>
    private bool IsEndless => _scanner.Scanned - _options.MaxMessageBytes > _options.MaxDiscardBytes;

    /// <summary>A message that is kept.</summary>
    public Task BeginAsync(MessageReception message)
    {
        _message = message;
        return message.BeginAsync();
    }

    /// <summary>A message of which nothing is wanted.</summary>
    public void Refuse(Reply refusal) => _refusal = refusal;

    /// <summary>Takes a chunk; gives its reply, which is the message's where the chunk is the last.</summary>
    public async Task<Reply> TakeAsync(BdatCommand chunk)
    {
        // RFC 1870 §6.3: nothing of what is too large need be stored before it has come.
        if (chunk.Octets > _options.MaxMessageBytes - _scanner.Scanned)
            await RefuseAsync(message => message.Refuse(DataViolation.TooLarge));
        var isTold = chunk.Octets - _options.MaxMessageBytes > _options.MaxDiscardBytes - _scanner.Scanned;
        if (isTold)
            await session.SendAsync(Told(_refusal!)); // nobody waits for the end of such a chunk
        if (!await ChunkReader.ReadAsync(session, chunk.Octets, TakeAsync))
            return IsEndless && !isTold ? Told(_refusal!) with { Closes = true } : Reply.None with { Closes = true };
        if (chunk.Last)
            _scanner.Finish();
        if (_scanner.Violation != DataViolation.None)
            await RefuseAsync(message => message.Refuse(_scanner.Violation));
        else if (_message?.Failure is { } failure)
            await RefuseAsync(message => message.NotKept(failure));
        if (_refusal is not null)
            return Told(_refusal);
        return chunk.Last ? await CompleteAsync() : Replies.ChunkTaken(chunk.Octets);
    }

    public ValueTask DisposeAsync() => _message?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask<bool> TakeAsync(ReadOnlyMemory<byte> octets)
    {
        _scanner.Scan(octets.Span);
        if (_refusal is null && _scanner.Violation == DataViolation.None)
            await _message!.WriteAsync(octets);
        return !IsEndless;
    }

    private async Task RefuseAsync(Func<MessageReception, Reply> refuse)
    {
        if (_refusal is not null)
            return;
        _refusal = refuse(_message!);
        await _message!.DropAsync();
    }

    /// <summary>The refusal bears the message's id however often it is given.</summary>
    private Reply Told(Reply refusal)
    {
        if (_message is not null)
            session.Story.Told(_message.MessageId);
        return refusal;
    }

    private async Task<Reply> CompleteAsync()
    {
        // Where the last line has no end, DATA would give it one further on, and a mailbox wants it.
        if (!_scanner.EndsLine)
            await _message!.WriteAsync(LineEnd);
        return await _message!.CompleteAsync(_scanner.Scanned);
    }
}
