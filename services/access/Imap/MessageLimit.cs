using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 9738: how many messages one command of this server processes.</summary>
/// <param name="Messages">0 for any number.</param>
internal readonly record struct MessageLimit(long Messages)
{
    public bool IsSet => Messages > 0;

    public static MessageLimit Of(ImapSession session) => new(session.Server.Options.MessageLimit);

    public bool IsPassedBy(long messages) => IsSet && messages > Messages;

    /// <summary>§3.1: the response code; with the lowest UID that was processed, or would have been.</summary>
    public string Code(long? lowestUid = null) => lowestUid is { } uid ? $"MESSAGELIMIT {Messages} {uid}" : $"MESSAGELIMIT {Messages}";

    /// <summary>The command is not done in part, and does nothing.</summary>
    public Completion Refusal(long? lowestUid = null) => Completion.No("Too many messages for one command", Code(lowestUid));

    /// <summary>§3.1: the messages with the highest UIDs, where there are too many.</summary>
    /// <param name="messages">In the order of the mailbox.</param>
    public LimitedMessages Cut(List<SequencedMessage> messages)
    {
        if (!IsPassedBy(messages.Count))
            return new LimitedMessages(messages, null);
        var last = messages.GetRange(messages.Count - (int)Messages, (int)Messages);
        return new LimitedMessages(last, Code(last[0].Message.Uid));
    }
}

/// <summary>What a command processes of the messages that it was given.</summary>
/// <param name="Code">RFC 9738 §3.1: the response code where they are not all; otherwise null.</param>
internal readonly record struct LimitedMessages(List<SequencedMessage> Messages, string? Code)
{
    /// <summary>§3.1: a tagged OK carries the code, unless it has another to carry: then an untagged NO does.</summary>
    public Completion Complete(ImapWriter writer, Completion completion)
    {
        if (Code is null)
            return completion;
        if (completion is { Status: CompletionStatus.Ok, Code: null })
            return Completion.Ok($"{completion.Text}, for the last {Messages.Count} messages alone", Code);
        writer.Untagged($"NO [{Code}] Only the last {Messages.Count} messages were processed");
        return completion;
    }
}
