using MailMesh.Ingress.Grammar;

namespace MailMesh.Ingress.Session;

/// <summary>MAIL: opens a transaction.</summary>
internal static class MailOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, MailCommand mail)
    {
        var greeted = (SessionState.Greeted)session.State;
        // RFC 5321 §4.1.1.11: parameters belong to sessions that began with EHLO.
        if (mail.HasParameters && !greeted.Hello.Extended)
            return Replies.UnknownParameter;
        RelayPermit? permit;
        try
        {
            permit = await RelayPermit.OfAsync(session, greeted);
        }
        catch (IOException)
        {
            return Replies.TryAgain; // a device of ours must not be told that it may not send
        }
        if (session.Listener.IsSubmission && greeted.Account is null && permit is null)
            return Replies.AuthRequired;
        if (++session.Transactions > session.Server.Options.MaxTransactions)
            return Replies.TooManyTransactions;
        var transaction = new Transaction(permit?.Rewrite(mail) ?? mail)
        {
            Permit = permit,
            GivenReversePath = mail.ReversePath,
            Priority = PriorityOf(session, greeted, permit, mail),
            DeliverBy = MomentOf(mail, session.Server.Clock),
        };
        var refusal = await JudgeAsync(session, greeted, mail, transaction) ?? await session.Policy.MailAsync(greeted, mail);
        if (refusal is null)
        {
            session.State = new SessionState.InTransaction(greeted, transaction);
            return transaction.Priority == (mail.Priority ?? 0) ? Replies.SenderOk : Replies.PriorityChanged(transaction.Priority);
        }
        MessageStory.Refused(session, greeted, transaction, "MAIL", refusal);
        transaction.Dispose();
        return refusal;
    }

    /// <summary>RFC 6710 §9: whoever could choose would choose the highest, so that strangers' mail has the ordinary one. Relay clients and LMTP are of our own network.</summary>
    private static int PriorityOf(SmtpSession session, SessionState.Greeted greeted, RelayPermit? permit, MailCommand mail) =>
        greeted.Account is null && permit is null && !session.Listener.IsLmtp ? 0 : mail.Priority ?? 0;

    private static DateTimeOffset? MomentOf(MailCommand mail, TimeProvider clock) =>
        mail.DeliverBy is { } by ? clock.GetUtcNow() + TimeSpan.FromSeconds(by.Seconds) : null;

    /// <summary>RFC 4865: for users alone, within bounds; what is wrong with the moment is an error of syntax.</summary>
    private static async Task<Reply?> JudgeHoldAsync(SmtpSession session, SessionState.Greeted greeted, Transaction transaction, HoldRequest hold)
    {
        if (greeted.Account is not { } account)
            return Replies.UnknownParameter;
        var (server, now) = (session.Server, session.Server.Clock.GetUtcNow());
        var releaseAt = hold.ReleaseAt(now);
        if (releaseAt < now || releaseAt > now + server.Options.MaxHold)
            return Replies.BadHoldTime;
        transaction.ReleaseAt = releaseAt;
        try
        {
            return await server.InTimeAsync(server.Scheduled.CountAsync(account.Id)) < server.Options.MaxHeldMessages ? null : Replies.TooManyHeld;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(server.Log, failure, transaction.MessageId);
            return Replies.TryAgain;
        }
    }

    private static async Task<Reply?> JudgeAsync(SmtpSession session, SessionState.Greeted greeted, MailCommand mail, Transaction transaction)
    {
        // RFC 1870 §6.1: what is declared too large is refused before it is sent.
        if (mail.DeclaredSize > session.Server.Options.MaxMessageBytes)
            return Replies.MessageTooLarge;
        if (mail.RequireTls && !session.Connection.IsTls)
            return Replies.RequireTlsNeedsTls;
        if (mail.DeliverBy is { Returns: true, Seconds: < DeliverByParameter.MinSeconds })
            return Replies.DeliverByTooSoon;
        if (mail.Hold is { } hold && await JudgeHoldAsync(session, greeted, transaction, hold) is { } refusal)
            return refusal;
        // What is to be returned, or told of, before it is even let go was not meant so.
        if (transaction.ReleaseAt is { } release && transaction.DeliverBy <= release)
            return Replies.BadHoldTime;
        if (transaction.Permit is { } permit)
            return permit.Count();
        // RFC 6409 §6.1. The null reverse-path is for notifications that a user's client writes (RFC 8098).
        if (greeted.Account is not { } account || mail.ReversePath.Length == 0)
            return null;
        try
        {
            return await session.Server.InTimeAsync(session.Server.Accounts.MaySendAsAsync(account.Id, mail.ReversePath)) ? null : Replies.NotYourAddress;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(session.Server.Log, failure, transaction.MessageId);
            return Replies.TryAgain;
        }
    }
}
