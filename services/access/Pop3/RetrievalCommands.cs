using System.Globalization;
using MailMesh.Mailstore;

namespace MailMesh.Access.Pop3;

/// <summary>RFC 1939 §5 RETR and §7 TOP.</summary>
internal static class RetrievalCommands
{
    public static async ValueTask RetrAsync(Pop3Session session, string argument)
    {
        if (!MaildropCommands.TryNumber(session, argument, out var number))
            return;
        if (!await SendMessageAsync(session, number, lines: null))
            return;
        session.Maildrop.MarkRetrieved(number);
        Pop3Metrics.Retrieved(session.Maildrop[number].Size);
    }

    public static async ValueTask TopAsync(Pop3Session session, string argument)
    {
        var words = argument.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var lines))
            session.Error("TOP takes a message number and a number of lines");
        else if (MaildropCommands.TryNumber(session, words[0], out var number))
            await SendMessageAsync(session, number, new LineLimit(lines));
    }

    /// <summary>Sends a message; false where it is gone. The first octets come from the store before +OK is said, so that a store that is down is an -ERR.</summary>
    /// <remarks>A failure later cuts the connection: a message that ended with '.' too early would be taken as whole, and deleted.</remarks>
    private static async ValueTask<bool> SendMessageAsync(Pop3Session session, int number, LineLimit? lines)
    {
        MailboxMessage message = session.Maildrop[number];
        await using var content = await session.Maildrop.OpenMessageAsync(number);
        if (content is null)
        {
            session.Error("The message was removed by another session");
            return false;
        }
        using var sender = new MessageSender(session, content, lines);
        await sender.ReadFirstAsync();
        session.Ok(lines is null ? $"{message.Size} octets" : "Top of message follows");
        await sender.SendAsync();
        return true;
    }
}
