using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>What FETCH reads of several messages at once, beyond the mailbox's list of them.</summary>
/// <param name="Contents">By content id; one that went is absent.</param>
/// <param name="SavedDates">By UID, where asked for; absent where nobody wrote it down.</param>
/// <param name="ThreadIds">By content id, where asked for.</param>
internal sealed record FetchBatch(
    IReadOnlyDictionary<long, MessageContent> Contents, IReadOnlyDictionary<long, DateTimeOffset> SavedDates, IReadOnlyDictionary<long, string> ThreadIds)
{
    public static readonly FetchBatch Empty = new(new Dictionary<long, MessageContent>(), new Dictionary<long, DateTimeOffset>(), new Dictionary<long, string>());

    public static async ValueTask<FetchBatch> ReadAsync(ImapSession session, IReadOnlyList<FetchItem> items, SequencedMessage[] messages)
    {
        var store = session.Backend.Store;
        var ids = Array.ConvertAll(messages, m => m.Message.ContentId);
        var contents = new Dictionary<long, MessageContent>(ids.Length);
        foreach (var content in await store.RememberedContentsAsync(ids))
            contents[content.Id] = content;
        var batch = Empty with { Contents = contents };
        if (items.Any(item => item.Kind == FetchKind.SaveDate))
            batch = batch with { SavedDates = await store.SavedDatesAsync(session.SelectedView.MailboxId, messages[0].Message.Uid, messages[^1].Message.Uid) };
        if (items.Any(item => item.Kind == FetchKind.ThreadId))
            batch = batch with { ThreadIds = (await store.HeadingsAsync(ids, withReferences: true)).DistinctBy(h => h.ContentId).ToDictionary(h => h.ContentId, ObjectId.OfThread) };
        return batch;
    }
}
