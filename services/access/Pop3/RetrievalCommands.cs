using System.Globalization;
using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §5 RETR and §7 TOP.</summary>
internal static class RetrievalCommands
{
    public static async ValueTask RetrAsync(Pop3Session session, string argument)
    {
        if (!MaildropCommands.TryNumber(session, argument, out var number))
            return;
        if (await SendMessageAsync(session, number, lines: null) is not { } content)
            return;
        Pop3Metrics.Retrieved(session.Maildrop[number].Size);
        if (session.Maildrop.MarkRetrieved(number))
            TellFirstRead(session, content);
    }

    public static async ValueTask TopAsync(Pop3Session session, string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
            session.Error("TOP takes a message number and a number of lines");
        else if (MaildropCommands.TryNumber(session, words[0], out var number))
            await SendMessageAsync(session, number, new LineLimit(lines));
    }

    /// <summary>Sends a message; null where it is gone. The first octets come from the store before +OK is said, so that a store that is down is an -ERR.</summary>
    /// <remarks>A failure later cuts the connection: a message that ended with '.' too early would be taken as whole, and deleted.</remarks>
    private static async ValueTask<MessageContent?> SendMessageAsync(Pop3Session session, int number, LineLimit? lines)
    {
        if (await session.Maildrop.FindContentAsync(number) is not { } content)
        {
            session.Error("The message was removed by another session");
            return null;
        }
        var (message, octets) = await session.Maildrop.OpenMessageAsync(number, content, session.TakesUtf8);
        await using var opened = message;
        using var sender = new MessageSender(session, message, lines);
        await sender.ReadFirstAsync();
        session.Ok(lines is null ? $"{octets} octets" : "Top of message follows");
        await sender.SendAsync();
        return content;
    }

    /// <summary>A message's story ends with its first reading.</summary>
    private static void TellFirstRead(Pop3Session session, MessageContent content)
    {
        // What a client appended by IMAP has no delivery header and no story.
        if (content.HeaderPrefix.Length == 0)
            return;
        session.Server.Tracking.Record(new TrackingEvent
        {
            MessageId = content.MessageId,
            Service = "access",
            Event = "read",
            Recipient = ((Pop3State.Transaction)session.State).Account.Address,
            Detail = new Dictionary<string, string> { ["protocol"] = "pop3" },
        });
    }
}
