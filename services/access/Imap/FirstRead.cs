using MailMesh.Mailstore;
using MailMesh.Tracking;

namespace MailMesh.Access.Imap;

/// <summary>Promise 3: a message's story ends with its first reading. Told when \Seen comes to a delivered message.</summary>
internal static class FirstRead
{
    /// <summary>Marking a whole mailbox as read is housekeeping, not reading.</summary>
    public const int MaxAtOnce = 20;

    /// <summary>Tells of those of the messages that had no \Seen.</summary>
    public static async ValueTask TellAsync(ImapSession session, IReadOnlyList<SequencedMessage> before)
    {
        if (before.Count > MaxAtOnce)
            return;
        var read = before.Where(m => !m.Message.Flags.HasFlag(SystemFlags.Seen)).Select(m => m.Message.ContentId).ToList();
        if (read.Count == 0)
            return;
        foreach (var content in await session.Backend.Store.RememberedContentsAsync(read))
            Tell(session, content);
    }

    public static void Tell(ImapSession session, MessageContent content)
    {
        // What a client appended has no delivery header and no story.
        if (content.HeaderPrefix.Length == 0)
            return;
        session.Backend.Tracking.Record(new TrackingEvent
        {
            MessageId = content.MessageId,
            Service = "access",
            Event = "read",
            Recipient = session.Account.Address,
            Detail = new Dictionary<string, string> { ["protocol"] = "imap", ["mailbox"] = session.View?.Name ?? "" },
        });
    }
}
