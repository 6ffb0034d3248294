using MailMesh.Blobs;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>Looks through a mailbox for messages that a search key holds for.</summary>
internal sealed class MessageSearch(ImapSession session, SearchScope scope, SearchKey key)
{
    /// <summary>Messages whose contents are read by one statement.</summary>
    private const int BatchSize = 200;

    /// <summary>What is found, in the order of the mailbox.</summary>
    public ValueTask<IReadOnlyList<SequencedMessage>> FindAsync() => FindAsync(scope.Shown.Range(1, scope.Shown.Count));

    /// <summary>What is found among these.</summary>
    public async ValueTask<IReadOnlyList<SequencedMessage>> FindAsync(IEnumerable<SequencedMessage> messages)
    {
        var found = new List<SequencedMessage>();
        var undecided = new List<SequencedMessage>();
        await scope.PrepareAsync(session.Backend.Store, key);
        foreach (var message in messages)
        {
            switch (key.Decide(message, scope))
            {
                case true:
                    found.Add(message);
                    break;
                case null:
                    undecided.Add(message);
                    break;
            }
        }
        if (undecided.Count == 0)
            return found;
        var looked = 0;
        foreach (var batch in undecided.Chunk(BatchSize))
        {
            await DecideAsync(batch, found, new Way(looked, undecided.Count));
            looked += batch.Length;
        }
        found.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        return found;
    }

    private async ValueTask DecideAsync(SequencedMessage[] batch, List<SequencedMessage> found, Way way)
    {
        var contents = new Dictionary<long, MessageContent>(batch.Length);
        foreach (var content in await session.Backend.Store.ContentsAsync(Array.ConvertAll(batch, m => m.Message.ContentId)))
            contents[content.Id] = content;
        await scope.Fuzzy.LookUpAsync(session.Backend.Texts, key, Array.ConvertAll(batch, m => m.Message.ContentId));
        for (var i = 0; i < batch.Length; i++)
        {
            if (session.Connection.IsOutputClosed)
                return;
            await session.Progress.TellAsync(way.Done + i, way.Goal);
            var message = batch[i];
            if (contents.TryGetValue(message.Message.ContentId, out var content) && await MatchesAsync(message, content))
                found.Add(message);
        }
    }

    /// <summary>A message that cannot be read matches nothing; the others are still found.</summary>
    private async ValueTask<bool> MatchesAsync(SequencedMessage message, MessageContent content)
    {
        try
        {
            return await key.DecideAsync(new SearchedMessage(session.Backend.Store, scope, message, content));
        }
        catch (BlobException damaged)
        {
            ImapLog.MessageUnreadable(session.Server.Log, damaged, message.Message.Uid, scope.Shown.Mailbox.Name);
            return false;
        }
    }

    /// <summary>How far a search is: messages looked into before a batch, and all that have to be.</summary>
    private readonly record struct Way(int Done, int Goal);
}
