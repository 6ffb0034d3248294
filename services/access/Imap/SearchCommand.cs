using MailMesh.Blobs;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.4 SEARCH.</summary>
/// <param name="Charset">Null where the client names none: US-ASCII, and UTF-8 does no harm.</param>
internal sealed record SearchCommand(SearchKey Key, bool ByUid, string? Charset) : IImapCommand
{
    /// <summary>Messages whose contents are read by one statement.</summary>
    private const int BatchSize = 200;

    private static readonly Completion BadCharset = Completion.No("Charset is not supported", "BADCHARSET (US-ASCII UTF-8)");

    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        if (Charset is not (null or "US-ASCII" or "UTF-8"))
            return BadCharset;
        var view = session.SelectedView;
        await view.RefreshAsync();
        // New mail is found only once the client has been told that it is there.
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid);
        session.Writer.Write("* SEARCH"u8);
        session.Writer.InReply = true;
        foreach (var (sequence, message) in await FindAsync(session, view))
        {
            session.Writer.Write(' ');
            session.Writer.Write(ByUid ? message.Uid : sequence);
        }
        session.Writer.CrLf();
        session.Writer.InReply = false;
        return Completion.Ok("Search completed");
    }

    private async ValueTask<IReadOnlyList<SequencedMessage>> FindAsync(ImapSession session, MailboxView view)
    {
        var found = new List<SequencedMessage>();
        var undecided = new List<SequencedMessage>();
        foreach (var message in view.Shown.Range(1, view.Shown.Count))
        {
            switch (Key.Decide(message, view))
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
        foreach (var batch in undecided.Chunk(BatchSize))
            await DecideAsync(session, batch, found);
        found.Sort((a, b) => a.Sequence.CompareTo(b.Sequence));
        return found;
    }

    private async ValueTask DecideAsync(ImapSession session, SequencedMessage[] batch, List<SequencedMessage> found)
    {
        var contents = new Dictionary<long, MessageContent>(batch.Length);
        foreach (var content in await session.Backend.Store.ContentsAsync(Array.ConvertAll(batch, m => m.Message.ContentId)))
            contents[content.Id] = content;
        foreach (var message in batch)
        {
            if (session.Connection.IsOutputClosed)
                return;
            if (contents.TryGetValue(message.Message.ContentId, out var content) && await MatchesAsync(session, message, content))
                found.Add(message);
        }
    }

    /// <summary>A message that cannot be read matches nothing; the others are still found.</summary>
    private async ValueTask<bool> MatchesAsync(ImapSession session, SequencedMessage message, MessageContent content)
    {
        try
        {
            return await Key.DecideAsync(new SearchedMessage(session, message, content));
        }
        catch (BlobException damaged)
        {
            ImapLog.MessageUnreadable(session.Server.Log, damaged, message.Message.Uid, session.SelectedView.Name);
            return false;
        }
    }

    private static SearchCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        string? charset = null;
        if (scanner.TakeWord("CHARSET "))
        {
            charset = scanner.Astring().ToUpperInvariant();
            scanner.ExpectSpace();
        }
        return new SearchCommand(SearchKeyParser.ParseAll(ref scanner), byUid, charset);
    }
}
