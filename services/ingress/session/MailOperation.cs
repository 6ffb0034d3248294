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
        if (session.Listener.IsSubmission && greeted.Account is null)
            return Replies.AuthRequired;
        var transaction = new Transaction(mail);
        var refusal = await JudgeAsync(session, greeted, mail, transaction) ?? await session.Policy.MailAsync(greeted, mail);
        if (refusal is null)
        {
            session.State = new SessionState.InTransaction(greeted, transaction);
            return Replies.SenderOk;
        }
        MessageStory.Refused(session, greeted, transaction, "MAIL", refusal);
        transaction.Dispose();
        return refusal;
    }

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
        if (mail.Hold is { } hold && await JudgeHoldAsync(session, greeted, transaction, hold) is { } refusal)
            return refusal;
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
