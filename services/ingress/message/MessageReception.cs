using MailMesh.Contracts;
using MailMesh.Ingress.Session;
using MailMesh.Spool;

namespace MailMesh.Ingress.Message;

/// <summary>One message, from the 354 to its final reply: promise 1, 250 means kept.</summary>
internal sealed class MessageReception(SmtpSession session, SessionState.Greeted greeted, Transaction transaction)
{
    private readonly SmtpServer _server = session.Server;
    private readonly DataScanner _scanner = new(session.Server.Options.MaxTextLineBytes, session.Server.Options.MaxMessageBytes);

    /// <summary>Longer than anybody waits to see a refusal.</summary>
    private bool IsEndless => _scanner.Scanned - _server.Options.MaxMessageBytes > _server.Options.MaxDiscardBytes;

    /// <param name="place">Given back when nothing of the message is held any longer.</param>
    public async Task<Reply> RunAsync(IDisposable place)
    {
        var receivedAt = _server.Clock.GetUtcNow();
        await using var body = new IncomingBody(_server, place, session.Listener.IsSubmission ? MissingFields(receivedAt) : null);
        await body.WriteFieldAsync(ReceivedField.Write(session, greeted, transaction, receivedAt));
        if (!await ReadAsync(body))
            return IsEndless ? Refuse(ReplyTo(_scanner.Violation) with { Closes = true }) : Reply.None with { Closes = true };
        transaction.Activity?.SetTag("message.size", _scanner.MessageOctets);
        if (_scanner.Violation != DataViolation.None)
            return Refuse(ReplyTo(_scanner.Violation));
        if (await body.CompleteAsync() is not { } reference)
            return NotKept(body.Failure!);
        return await AcceptAsync(MessageOf(reference, body.Length, receivedAt));
    }

    private Func<SubmissionHeader, bool, string> MissingFields(DateTimeOffset now) =>
        (header, atEnd) => header.MissingFields(transaction.MessageId, _server.Hostname, now, atEnd);

    /// <summary>Reads to the message's end; false when it never came.</summary>
    private async Task<bool> ReadAsync(IncomingBody body)
    {
        while (!_scanner.Ended)
        {
            var result = await session.Connection.ReadAsync(_server.Options.DataTimeout);
            var taken = 0L;
            foreach (var segment in result.Buffer)
                taken += await TakeAsync(segment, body);
            session.Connection.AdvanceTo(result.Buffer.GetPosition(taken));
            if (!_scanner.Ended && (result.IsCompleted || IsEndless))
                return false;
        }
        return true;
    }

    private async ValueTask<int> TakeAsync(ReadOnlyMemory<byte> segment, IncomingBody body)
    {
        var taken = 0;
        while (taken < segment.Length && !_scanner.Ended)
        {
            var octets = segment[taken..];
            taken += _scanner.Scan(octets.Span, out var start, out var length);
            if (length > 0)
                await body.WriteAsync(octets.Slice(start, length));
        }
        if (_scanner.Violation != DataViolation.None)
            await body.DisposeAsync();
        return taken;
    }

    private MessageReceived MessageOf(string reference, long size, DateTimeOffset receivedAt) => new()
    {
        MessageId = transaction.MessageId,
        TraceParent = transaction.Activity?.Id,
        Envelope = transaction.Envelope,
        Body = reference,
        SizeBytes = size,
        Connection = MessageStory.Evidence(session, greeted),
        ReceivedAt = receivedAt,
        VerdictTo = _server.VerdictTo,
        VerdictBefore = _server.Clock.GetUtcNow() + _server.Options.VerdictTimeout,
    };

    private async Task<Reply> AcceptAsync(MessageReceived message)
    {
        using var pending = _server.Verdicts.Expect(message.MessageId);
        MessageStory.Received(session, message); // before it is on its way, so that its story starts here
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
        MessageStory.Accepted(session, message);
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

    private Reply NotKept(Exception failure)
    {
        SessionLog.NotKept(_server.Log, failure, transaction.MessageId);
        return Refuse(IsDiskFull(failure) ? Replies.StorageFull : Replies.TryAgain(transaction.MessageId));
    }

    private Reply Refuse(Reply reply)
    {
        MessageStory.Refused(session, greeted, transaction, "DATA", reply);
        IngressMetrics.MessageRefused(session.Listener);
        return reply;
    }

    private static Reply ReplyTo(DataViolation violation) => violation switch
    {
        DataViolation.Nul => Replies.BodyHasNul,
        DataViolation.BareCr => Replies.BodyHasBareCr,
        DataViolation.BareLf => Replies.BodyHasBareLf,
        DataViolation.LineTooLong => Replies.BodyLineTooLong,
        _ => Replies.MessageTooLarge,
    };

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
