using System.Text;
using MailMesh.Accounts;
using MailMesh.Ingress.Grammar;

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
            return Replies.RecipientOk;
        var refusal = await JudgeAsync(session, greeted, transaction, rcpt) ?? await session.Policy.RcptAsync(greeted, rcpt.ForwardPath);
        if (refusal is null)
        {
            transaction.Add(rcpt);
            return Replies.RecipientOk;
        }
        MessageStory.Refused(session, greeted, transaction, "RCPT", refusal, rcpt.ForwardPath);
        return refusal;
    }

    private static async Task<Reply?> JudgeAsync(SmtpSession session, SessionState.Greeted greeted, Transaction transaction, RcptCommand rcpt)
    {
        // RFC 5321 §4.5.3.1.10: 452, so that the client sends to the others in another transaction.
        if (transaction.ForwardPaths.Count >= session.Server.Options.MaxRecipients)
            return Replies.TooManyRecipients;
        if (!transaction.Mail.Smtputf8 && !(Ascii.IsValid(rcpt.ForwardPath) && Ascii.IsValid(rcpt.OriginalRecipient)))
            return Replies.NeedsSmtputf8;
        try
        {
            return await session.Server.InTimeAsync(session.Server.Accounts.ResolveAsync(rcpt.ForwardPath)) switch
            {
                AddressResolution.LocalAccount or AddressResolution.AliasTo => null,
                AddressResolution.Remote when greeted.Account is not null => null,
                AddressResolution.Remote => Replies.RelayDenied,
                _ => await session.Policy.UnknownRecipientAsync(Replies.NoSuchUser(rcpt.ForwardPath)),
            };
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            SessionLog.DirectoryFailed(session.Server.Log, failure, transaction.MessageId);
            return Replies.TryAgain;
        }
    }
}
