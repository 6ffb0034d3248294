using System.Diagnostics;
using MailMesh.Ingress.Message;

namespace MailMesh.Ingress.Session;

/// <summary>DATA: takes the message; the transaction is over whatever comes of it.</summary>
internal static class DataOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session)
    {
        var open = (SessionState.InTransaction)session.State;
        var (greeted, transaction) = open;
        if (transaction.Mail.BinaryMime)
            return Replies.BinaryNeedsBdat;
        // RFC 2920 §3.1: a client that pipelined learns that no recipient is left.
        if (transaction.ForwardPaths.Count == 0)
            return Replies.NoRecipients(session.Listener);
        Activity.Current = transaction.Activity;
        if (session.Server.InWork.TryEnter(session.Server.Options.MaxMessages) is not { } place)
        {
            MessageStory.Refused(session, greeted, transaction, "DATA", Replies.TooManyMessages);
            return Replies.TooManyMessages;
        }
        await session.SendAsync(Replies.StartMail);
        Reply reply;
        await using (var message = new MessageReception(session, open, "DATA", place))
        {
            await message.BeginAsync();
            reply = await new DataReception(session, message).RunAsync();
        }
        transaction.Activity?.SetTag("smtp.reply", reply.ToString());
        await session.EndTransactionAsync();
        return session.ToRecipients(transaction, reply);
    }
}
