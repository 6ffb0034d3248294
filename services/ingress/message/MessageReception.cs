using MailMesh.Contracts;
using MailMesh.Ingress.Session;
using MailMesh.Spool;

namespace MailMesh.Ingress.Message;

/// <summary>One message on its way into our hands, from its first octet to its final reply: promise 1, 250 means kept.</summary>
internal sealed class MessageReception : IAsyncDisposable
{
    private readonly SmtpSession _session;
    private readonly SmtpServer _server;
    private readonly SessionState.Greeted _greeted;
    private readonly Transaction _transaction;
    private readonly string _stage;
    private readonly DateTimeOffset _receivedAt;
    private readonly IncomingBody _body;
    private long _endedAt;

    /// <param name="stage">DATA or BDAT, as the message's story names it.</param>
    /// <param name="place">Given back when nothing of the message is held any longer.</param>
    public MessageReception(SmtpSession session, SessionState.InTransaction open, string stage, IDisposable place)
    {
        _session = session;
        _server = session.Server;
        (_greeted, _transaction) = open;
        _stage = stage;
        _receivedAt = _server.Clock.GetUtcNow();
        _body = new IncomingBody(_server, place, Review());
    }

    public string MessageId => _transaction.MessageId;

    /// <summary>Why the body cannot be kept; null while it can.</summary>
    public Exception? Failure => _body.Failure;

    /// <summary>Writes our trace field, before any octet of the message.</summary>
    public Task BeginAsync() => _body.WriteFieldAsync(ReceivedField.Write(_session, _greeted, _transaction, _receivedAt));

    /// <summary>The message's next octets.</summary>
    public Task WriteAsync(ReadOnlyMemory<byte> octets) => _body.WriteAsync(octets);

    /// <summary>The message will be refused: nothing of it is held any longer.</summary>
    public ValueTask DropAsync() => _body.DisposeAsync();

    /// <summary>The message has ended: makes it durable and ours, waits for its verdict, gives its reply.</summary>
    /// <param name="octets">As the client sent it.</param>
    public async Task<Reply> CompleteAsync(long octets)
    {
        _endedAt = _server.Clock.GetTimestamp();
        _transaction.Activity?.SetTag("message.size", octets);
        if (await FullAsync(octets) is { } full)
            return full;
        if (await _body.CompleteAsync() is not { } reference)
            return _body.Refusal is { } refusal ? Refuse(refusal) : NotKept(_body.Failure!);
        var message = MessageOf(reference, _body.Length);
        return _transaction.ReleaseAt is { } releaseAt ? await HoldAsync(message, releaseAt) : await AcceptAsync(message);
    }

    public Reply Refuse(DataViolation violation) => Refuse(violation switch
    {
        DataViolation.Nul => Replies.BodyHasNul,
        DataViolation.BareCr => Replies.BodyHasBareCr,
        DataViolation.BareLf => Replies.BodyHasBareLf,
        DataViolation.LineTooLong => Replies.BodyLineTooLong,
        _ => Replies.MessageTooLarge,
    });

    /// <summary>Tells the story of a message that an engine would not keep; gives its 4xx.</summary>
    public Reply NotKept(Exception failure)
    {
        SessionLog.NotKept(_server.Log, failure, _transaction.MessageId);
        return Refuse(IsDiskFull(failure) ? Replies.StorageFull : Replies.TryAgain);
    }

    public ValueTask DisposeAsync() => _body.DisposeAsync();

    /// <summary>What looks at the header, for those who send by us; nothing for mail from outside.</summary>
    private Func<SubmissionHeader, Task<HeaderOutcome>>? Review()
    {
        var sender = _transaction.Mail.ReversePath;
        var missing = new MissingFields { MessageId = _transaction.MessageId, Hostname = _server.Hostname, Date = _receivedAt, From = sender.Length > 0 ? sender : _greeted.Account?.Address };
        if (_session.Listener.IsLmtp)
            return null;
        if (_greeted.Account is { } account)
            return new AccountHeader(_server, account, sender, missing).ReviewAsync;
        // A notification of a device keeps the sender that it has.
        return _transaction.Permit is { } permit ? new RelayClientHeader(_server, sender.Length > 0 ? permit.Client.Sender : null, missing).ReviewAsync : null;
    }

    /// <summary>The refusal of a message that no recipient has room for, though SIZE did not say so at RCPT; null while one has.</summary>
    private async Task<Reply?> FullAsync(long octets)
    {
        if (_transaction.Mail.DeclaredSize >= octets)
            return null;
        try
        {
            return _session.Listener.IsLmtp ? await FullForSomeAsync(octets) : await FullForAllAsync(octets);
        }
        catch (Exception failure)
        {
            return NotKept(failure);
        }
    }

    /// <summary>Promise 2: where no recipient has room, the client is told here. Where some have, the others' share goes back as a notification.</summary>
    private async Task<Reply?> FullForAllAsync(long octets)
    {
        foreach (var account in _transaction.Limited)
        {
            if (!await _server.InTimeAsync(_server.Accounts.IsFullAsync(account, octets)))
                return null;
        }
        return _transaction.Limited.Count > 0 ? Refuse(Replies.MailboxFull(_transaction.ForwardPaths[0])) : null;
    }

    /// <summary>RFC 2033 §4.2: whoever has no room is refused alone; the message goes to the others.</summary>
    private async Task<Reply?> FullForSomeAsync(long octets)
    {
        foreach (var (path, account) in _transaction.LimitedPaths)
        {
            if (!await _server.InTimeAsync(_server.Accounts.IsFullAsync(account, octets)))
                continue;
            _transaction.Refuse(path, Replies.NoRoom);
            MessageStory.Refused(_session, _greeted, _transaction, _stage, Replies.NoRoom, path);
        }
        return _transaction.ForwardPaths.Count == 0 ? Refuse(Replies.NoRoom) : null;
    }

    private MessageReceived MessageOf(string reference, long size) => new()
    {
        MessageId = _transaction.MessageId,
        TraceParent = _transaction.Activity?.Id,
        Envelope = _transaction.Envelope,
        Body = reference,
        SizeBytes = size,
        Connection = MessageStory.Evidence(_session, _greeted, _transaction),
        ReceivedAt = _receivedAt,
        VerdictTo = _server.VerdictTo,
        VerdictBefore = _server.Clock.GetUtcNow() + _server.Options.VerdictTimeout,
    };

    private async Task<Reply> HoldAsync(MessageReceived message, DateTimeOffset releaseAt)
    {
        try
        {
            return await new ScheduledReception(_session, _greeted, releaseAt).HoldAsync(message);
        }
        catch (Exception failure)
        {
            return NotKept(failure);
        }
    }

    private async Task<Reply> AcceptAsync(MessageReceived message)
    {
        using var pending = _server.Verdicts.Expect(message.MessageId);
        MessageStory.Received(_session, message); // before it is on its way, so that its story starts here
        // Cancelled, and not only left alone: what is told to come again should not come by itself as well.
        using var limit = new CancellationTokenSource(_server.Options.EngineTimeout, _server.Clock);
        try
        {
            await _server.Intake.AcceptAsync(message, limit.Token).WaitAsync(_server.Options.EngineTimeout * 2, _server.Clock);
        }
        catch (Exception failure)
        {
            return NotKept(failure);
        }
        // From here on the message is ours: whatever happens to this connection, it goes its way.
        MessageVerdict? verdict;
        try
        {
            verdict = await WaitAsync(pending, message) ?? await DecideAsync(message.MessageId);
        }
        catch (Exception failure)
        {
            _server.Intake.Abandon(message.MessageId);
            return NotKept(failure);
        }
        if (verdict is { Disposition: Disposition.Reject } && await TryForgetAsync(message.MessageId))
            return Refuse(Replies.Rejected(verdict));
        _transaction.Permit?.Keep();
        MessageStory.Accepted(_session, message);
        IngressMetrics.AcceptedWithin(_server.Clock.GetElapsedTime(_endedAt));
        return Replies.Queued(message.MessageId);
    }

    private async Task<MessageVerdict?> WaitAsync(PendingVerdict pending, MessageReceived message)
    {
        var from = _server.Clock.GetTimestamp();
        var verdict = await pending.WaitAsync(message.VerdictBefore - _server.Clock.GetUtcNow());
        IngressMetrics.Waited(_server.Clock.GetElapsedTime(from), verdict is not null);
        if (verdict is null)
            SessionLog.NoVerdict(_server.Log, message.MessageId);
        return verdict;
    }

    /// <summary>No verdict came in time: from here on filtering can no longer refuse the message, or it has already, and this gives its refusal.</summary>
    private async Task<MessageVerdict?> DecideAsync(string messageId)
    {
        var standing = await _server.InTimeAsync(_server.Intake.ClaimAsync(messageId, MessageClaim.Accepted));
        return standing.Kind switch
        {
            ClaimKind.Refused => new MessageVerdict
            {
                MessageId = messageId,
                Disposition = Disposition.Reject,
                ReplyCode = standing.ReplyCode,
                EnhancedStatus = standing.EnhancedStatus,
                ReplyText = standing.ReplyText,
            },
            ClaimKind.Withdrawn => throw new IOException("The message was withdrawn."),
            _ => null,
        };
    }

    /// <summary>The refused message must be gone before its 5xx goes out; one that cannot be forgotten is kept, and answered so.</summary>
    private async Task<bool> TryForgetAsync(string messageId)
    {
        try
        {
            await _server.InTimeAsync(_server.Intake.ForgetAsync(messageId));
            return true;
        }
        catch (Exception failure)
        {
            // Still in the spool and unsettled: it is published again in time, judged as accepted mail.
            SessionLog.NotForgotten(_server.Log, failure, messageId);
            return false;
        }
    }

    private Reply Refuse(Reply reply)
    {
        MessageStory.Refused(_session, _greeted, _transaction, _stage, reply);
        IngressMetrics.MessageRefused(_session.Listener);
        return reply;
    }

    /// <summary>ENOSPC, EDQUOT or ERROR_DISK_FULL, wherever in the chain it stands.</summary>
    private static bool IsDiskFull(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is IOException { HResult: 28 or 122 or unchecked((int)0x80070070) })
                return true;
        }
        return false;
    }
}
