using System.Text;
using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;
using MailMesh.Wire;

namespace MailMesh.Ingress.Session;

/// <summary>RCPT: one more recipient, if it is ours or the client may send to anybody. Never an open relay.</summary>
internal static class RcptOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, RcptCommand rcpt)
    {
        var (greeted, transaction) = (SessionState.InTransaction)session.State;
        // RFC 5321 §4.1.1.11: parameters belong to sessions that began with EHLO.
        if (rcpt.HasParameters && !greeted.Hello.Extended)
            return Replies.UnknownParameter;
        if (transaction.Contains(rcpt.ForwardPath))
            return Again(session, transaction, rcpt.ForwardPath);
        var refusal = await JudgeAsync(session, greeted, transaction, rcpt) ?? await session.Policy.RcptAsync(greeted, rcpt.ForwardPath);
        if (refusal is null)
        {
            transaction.Add(rcpt);
            return Replies.RecipientOk;
        }
        MessageStory.Refused(session, greeted, transaction, "RCPT", refusal, rcpt.ForwardPath);
        return refusal;
    }

    /// <summary>RFC 2033 §4.2: over LMTP each accepted RCPT has its own reply in the end, the same path twice too; so they are bounded.</summary>
    private static Reply Again(SmtpSession session, Transaction transaction, string forwardPath)
    {
        if (!session.Listener.IsLmtp)
            return Replies.RecipientOk;
        if (transaction.Accepted.Count >= session.Server.Options.MaxRecipients)
            return Replies.TooManyRecipients;
        transaction.Repeat(forwardPath);
        return Replies.RecipientOk;
    }

    private static async Task<Reply?> JudgeAsync(SmtpSession session, SessionState.Greeted greeted, Transaction transaction, RcptCommand rcpt)
    {
        // RFC 5321 §4.5.3.1.10: 452, so that the client sends to the others in another transaction.
        if (transaction.Accepted.Count >= session.Server.Options.MaxRecipients)
            return Replies.TooManyRecipients;
        if (!transaction.Mail.Smtputf8 && !(Ascii.IsValid(rcpt.ForwardPath) && Ascii.IsValid(rcpt.OriginalRecipient)))
            return Replies.NeedsSmtputf8;
        try
        {
            return await session.Server.InTimeAsync(session.Server.Accounts.ResolveAsync(rcpt.ForwardPath)) switch
            {
                AddressResolution.LocalAccount account => await FillAsync(session, transaction, account, rcpt.ForwardPath),
                AddressResolution.AliasTo => await FollowAsync(session, transaction, rcpt.ForwardPath),
                // A server that hands over mail by LMTP (RFC 2033) sends none on through us, whatever it may do by SMTP.
                AddressResolution.Remote when session.Listener.IsLmtp => Replies.RelayDenied,
                AddressResolution.Remote when transaction.Permit is not null || greeted.Account is not null => null,
                AddressResolution.Remote => Replies.RelayDenied,
                _ => await session.Policy.UnknownRecipientAsync(Replies.NoSuchUser(rcpt.ForwardPath)),
            };
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or ClientTimeoutException))
        {
            SessionLog.DirectoryFailed(session.Server.Log, failure, transaction.MessageId);
            return Replies.TryAgain;
        }
    }

    /// <summary>
    /// Promise 2: an alias that leads nowhere, or to one account that is full, is refused here: later, beside other recipients, a notification would have to
    /// tell a sender that may be forged. What stands behind an alias for several is not counted.
    /// </summary>
    private static async Task<Reply?> FollowAsync(SmtpSession session, Transaction transaction, string path)
    {
        var ends = await session.Server.InTimeAsync(session.Server.Accounts.ExpandAsync(path, enough: 2));
        return ends.Where(end => end is not AddressResolution.Unknown).ToList() switch
        {
            [] => await session.Policy.UnknownRecipientAsync(Replies.NoSuchUser(path)),
            [AddressResolution.LocalAccount account] => await FillAsync(session, transaction, account, path),
            _ => null,
        };
    }

    /// <summary>The refusal for an account whose quota leaves no room, or null; SIZE (RFC 1870 §6.1) is believed until the message is there.</summary>
    private static async Task<Reply?> FillAsync(SmtpSession session, Transaction transaction, AddressResolution.LocalAccount account, string path)
    {
        if (!account.HasQuota)
            return null;
        transaction.Limit(path, account);
        return await session.Server.InTimeAsync(session.Server.Accounts.IsFullAsync(account, Math.Max(1, transaction.Mail.DeclaredSize ?? 0))) ? Replies.MailboxFull(path) : null;
    }
}
