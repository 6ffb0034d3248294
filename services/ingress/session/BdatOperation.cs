using System.Diagnostics;
using MailMesh.Ingress.Grammar;
using MailMesh.Ingress.Message;

namespace MailMesh.Ingress.Session;

/// <summary>BDAT: takes a chunk of the message (RFC 3030). Legal or not, its octets are read first: no client can call back what follows the line.</summary>
internal static class BdatOperation
{
    public static async ValueTask<Reply> RunAsync(SmtpSession session, BdatCommand chunk)
    {
        if (session.State is not SessionState.InTransaction open)
            return await DiscardAsync(session, chunk, session.State is SessionState.Connected ? Replies.HelloFirst(session.Listener) : Replies.MailFirst);
        Activity.Current = open.Transaction.Activity;
        if (open is not SessionState.InChunks && await BeginAsync(session, open) is { } closing)
            return closing;
        var reply = await ((SessionState.InChunks)session.State).Chunks.TakeAsync(chunk);
        if (!chunk.Last)
            return reply;
        open.Transaction.Activity?.SetTag("smtp.reply", reply.ToString());
        await session.EndTransactionAsync();
        return session.ToRecipients(open.Transaction, reply);
    }

    /// <summary>The first chunk is here; gives the reply that ends the session where there is no place for its message.</summary>
    private static async Task<Reply?> BeginAsync(SmtpSession session, SessionState.InTransaction open)
    {
        var (greeted, transaction) = open;
        var chunks = new ChunkedReception(session, transaction.Mail.BinaryMime);
        // RFC 2920 §3.1: a client that pipelined learns that no recipient is left. One that names another now would have half a message sent.
        if (transaction.ForwardPaths.Count == 0)
        {
            chunks.Refuse(Replies.NoRecipients(session.Listener));
            session.State = new SessionState.InChunks(greeted, transaction, chunks);
            return null;
        }
        if (session.Server.InWork.TryEnter(session.Server.Options.MaxMessages) is not { } place)
        {
            MessageStory.Refused(session, greeted, transaction, "BDAT", Replies.TooManyMessages);
            return Replies.TooManyMessages;
        }
        session.State = new SessionState.InChunks(greeted, transaction, chunks);
        await chunks.BeginAsync(new MessageReception(session, open, "BDAT", place));
        return null;
    }

    private static async Task<Reply> DiscardAsync(SmtpSession session, BdatCommand chunk, Reply reply)
    {
        var (octets, limit) = (0L, session.Server.Options.MaxDiscardBytes);
        var isTold = chunk.Octets > limit;
        if (isTold)
            await session.SendAsync(Replies.MessageTooLarge); // nobody waits for the end of such a chunk
        if (await ChunkReader.ReadAsync(session, chunk.Octets, piece => ValueTask.FromResult((octets += piece.Length) <= limit)))
            return reply;
        return octets > limit && !isTold ? Replies.MessageTooLarge with { Closes = true } : Reply.None with { Closes = true };
    }
}
