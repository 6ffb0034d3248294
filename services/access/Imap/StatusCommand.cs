using System.Globalization;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.3.10 STATUS, with SIZE (RFC 8438), DELETED and DELETED-STORAGE (RFC 9208), APPENDLIMIT (RFC 7889), HIGHESTMODSEQ (RFC 7162) and MAILBOXID (RFC 8474).</summary>
internal sealed record StatusCommand(string Mailbox, IReadOnlyList<StatusItem> Items) : IImapCommand
{
    private const int MaxItems = 20;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        var mailbox = MailboxName.Parse(ref scanner);
        scanner.ExpectSpace();
        return new StatusCommand(mailbox, ParseItems(ref scanner));
    }

    public static IReadOnlyList<StatusItem> ParseItems(ref ImapScanner scanner)
    {
        var items = new List<StatusItem>();
        scanner.Expect('(');
        do
        {
            items.Add(Item(ref scanner));
        }
        while (scanner.Take(' ') && items.Count < MaxItems);
        scanner.Expect(')');
        return items;
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        OnAsked(session, Items);
        await TellAsync(session, await session.Backend.Access.RequireSelectableAsync(session.Identity, Mailbox, MailboxRights.Read), Items);
        return Completion.Ok("Status completed");
    }

    /// <summary>RFC 7162 §3.1: who asks for HIGHESTMODSEQ is told of MODSEQs from then on.</summary>
    public static void OnAsked(ImapSession session, IReadOnlyList<StatusItem> items)
    {
        if (items.Contains(StatusItem.HighestModSeq))
            session.BecomeCondStoreAware();
    }

    public static async ValueTask TellAsync(ImapSession session, ReachedMailbox mailbox, IReadOnlyList<StatusItem> items) =>
        Write(session, mailbox.Path, session.Backend.Snapshots.StatusOf(mailbox.Mailbox) ?? await session.Backend.Directory.StatusAsync(mailbox.Mailbox), items);

    private static void Write(ImapSession session, string name, MailboxStatus status, IReadOnlyList<StatusItem> items)
    {
        var writer = session.Writer;
        writer.Write("* STATUS "u8);
        writer.Mailbox(name);
        var separator = " (";
        foreach (var item in items)
        {
            writer.Write(separator);
            writer.Write(Name(item));
            writer.Write(' ');
            writer.Write(Value(session, status, item));
            separator = " ";
        }
        writer.Write(")\r\n"u8);
    }

    private static StatusItem Item(ref ImapScanner scanner)
    {
        var name = scanner.Keyword();
        foreach (var item in Enum.GetValues<StatusItem>())
        {
            if (Name(item) == name)
                return item;
        }
        scanner.Fail("Unknown status item");
        return default;
    }

    private static string Name(StatusItem item) => item switch
    {
        StatusItem.Messages => "MESSAGES",
        StatusItem.Recent => "RECENT",
        StatusItem.UidNext => "UIDNEXT",
        StatusItem.UidValidity => "UIDVALIDITY",
        StatusItem.Unseen => "UNSEEN",
        StatusItem.Size => "SIZE",
        StatusItem.HighestModSeq => "HIGHESTMODSEQ",
        StatusItem.MailboxId => "MAILBOXID",
        StatusItem.Deleted => "DELETED",
        StatusItem.DeletedStorage => "DELETED-STORAGE",
        _ => "APPENDLIMIT",
    };

    private static string Value(ImapSession session, MailboxStatus status, StatusItem item) => item switch
    {
        StatusItem.MailboxId => $"({ObjectId.Of(status.Mailbox)})",
        _ => Number(session, status, item).ToString(CultureInfo.InvariantCulture),
    };

    private static long Number(ImapSession session, MailboxStatus status, StatusItem item) => item switch
    {
        StatusItem.Messages => status.Messages,
        StatusItem.Recent => Math.Max(0, status.Recent - session.Backend.Snapshots.ClaimedRecent(status.Mailbox)),
        StatusItem.UidNext => status.Mailbox.UidNext,
        StatusItem.UidValidity => status.Mailbox.UidValidity,
        StatusItem.Unseen => status.Unseen,
        StatusItem.Size => status.SizeBytes,
        StatusItem.HighestModSeq => status.Mailbox.HighestModSeq,
        StatusItem.Deleted => status.Deleted,
        StatusItem.DeletedStorage => status.DeletedBytes,
        _ => session.Server.Options.MaxAppendBytes,
    };
}

internal enum StatusItem
{
    Messages,
    Recent,
    UidNext,
    UidValidity,
    Unseen,
    Size,
    HighestModSeq,
    MailboxId,
    Deleted,
    DeletedStorage,
    AppendLimit,
}
