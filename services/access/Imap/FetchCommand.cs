using MailMesh.Blobs;
using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.5 FETCH, with the modifiers of RFC 7162 and RFC 9394.</summary>
internal sealed record FetchCommand(SequenceSet Set, bool ByUid, IReadOnlyList<FetchItem> Items, FetchModifiers Modifiers) : IImapCommand
{
    /// <summary>Messages whose contents are read, and marked as seen, by one statement.</summary>
    private const int BatchSize = 200;

    private const int MaxItems = 200;

    private enum Outcome
    {
        Complete,
        SomeGone,
        SomeUndecodable,
        SomeUnreadable,
    }

    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        if (Modifiers.Vanished && !session.Enabled.QResync)
            return QResyncParameter.NotEnabled;
        if (view.Sequences(Set, ByUid) is not { } sequences)
            return Completion.BadSequence;
        // RFC 7162 §3.1: asking for a MODSEQ makes the client one that is told of it in every reply.
        if (Modifiers.ChangedSince is not null || Items.Contains(FetchItem.ModSeq))
            session.BecomeCondStoreAware();
        if (Modifiers is { Vanished: true, ChangedSince: { } modSeq })
            await VanishedReply.WriteEarlierAsync(session, view, Among(view), modSeq, []);
        // §6.4.8: a UID command's replies show the UID, asked for or not; that of RFC 9586 begins with it.
        var isUidAdded = ByUid && !session.Enabled.UidOnly && !Items.Contains(FetchItem.Uid);
        var response = new FetchResponse(session, isUidAdded ? [FetchItem.Uid, .. Items] : Items);
        var limit = MessageLimit.Of(session);
        // RFC 9738 §3.1: of a PARTIAL too long nothing is done.
        if (Modifiers.Partial is { } partial && limit.IsPassedBy(partial.Last - partial.First + 1L))
            return limit.Refusal();
        if (!limit.IsPassedBy(sequences.Sum(range => range.Last - range.First + 1L)))
            return await FetchAsync(session, response, Modifiers.Choose(view.Messages(sequences)));
        var limited = limit.Cut([.. Modifiers.Choose(view.Messages(sequences))]);
        if (limited.Code is not null)
            limited.Messages.Reverse(); // RFC 9738 §3.1: from the highest UID to the lowest
        return limited.Complete(session.Writer, await FetchAsync(session, response, limited.Messages));
    }

    private async ValueTask<Completion> FetchAsync(ImapSession session, FetchResponse response, IEnumerable<SequencedMessage> messages)
    {
        if (!Items.Any(item => item.NeedsContent))
        {
            foreach (var message in messages)
                await response.WriteAsync(message, null, showFlags: false);
            return Completion.Ok("Fetch completed");
        }
        var outcome = Outcome.Complete;
        foreach (var batch in messages.Chunk(BatchSize))
            outcome = (Outcome)Math.Max((int)outcome, (int)await FetchAsync(session, response, batch));
        return outcome switch
        {
            Outcome.SomeUnreadable => Completion.SomeUnreadable,
            Outcome.SomeUndecodable => Completion.UnknownEncoding,
            Outcome.SomeGone when !ByUid => Completion.SomeExpunged, // a UID that no longer exists is none: §6.4.8
            _ => Completion.Ok("Fetch completed"),
        };
    }

    /// <summary>The UIDs that the client asks for; * reaches up to the last that there was, since that one may be gone.</summary>
    private IReadOnlyList<SequenceSet.Range> Among(MailboxView view) =>
        Set.IsSaved ? view.Saved : Set.Resolve((uint)Math.Max(view.Shown.UidNext - 1, 1));

    /// <summary>Gives the worst that happened to a message.</summary>
    private async ValueTask<Outcome> FetchAsync(ImapSession session, FetchResponse response, SequencedMessage[] batch)
    {
        var view = session.SelectedView;
        var read = await FetchBatch.ReadAsync(session, Items, batch);
        response.Batch = read;
        var seen = await MarkSeenAsync(session, batch);
        var outcome = Outcome.Complete;
        foreach (var (sequence, message) in batch)
        {
            // Expunged by another session, and its content collected since.
            if (!read.Contents.TryGetValue(message.ContentId, out var content))
            {
                outcome = (Outcome)Math.Max((int)outcome, (int)Outcome.SomeGone);
                continue;
            }
            var isNewlySeen = seen.Contains(message.Uid);
            if (isNewlySeen && seen.Count <= FirstRead.MaxAtOnce)
                FirstRead.Tell(session, content);
            var written = await TryWriteAsync(session, response, new SequencedMessage(sequence, view.Shown[sequence]), content, isNewlySeen);
            outcome = (Outcome)Math.Max((int)outcome, (int)written);
        }
        return outcome;
    }

    private static async ValueTask<Outcome> TryWriteAsync(ImapSession session, FetchResponse response, SequencedMessage message, MessageContent content, bool showFlags)
    {
        try
        {
            return await response.WriteAsync(message, content, showFlags) ? Outcome.Complete : Outcome.SomeUndecodable;
        }
        catch (BlobException damaged) when (!session.Writer.InReply)
        {
            ImapLog.MessageUnreadable(session.Server.Log, damaged, message.Message.Uid, session.SelectedView.Name);
            return Outcome.SomeUnreadable;
        }
    }

    /// <summary>§6.4.5: BODY[…] without PEEK sets \Seen; the FETCH reply then shows the flags. Gives the UIDs that got it.</summary>
    private async ValueTask<IReadOnlySet<long>> MarkSeenAsync(ImapSession session, SequencedMessage[] batch)
    {
        var view = session.SelectedView;
        if (!view.Settable.System.HasFlag(SystemFlags.Seen) || !Items.Any(item => item.SetsSeen))
            return new HashSet<long>();
        var unseen = batch.Where(m => !m.Message.Flags.HasFlag(SystemFlags.Seen)).Select(m => m.Message.Uid).ToHashSet();
        if (unseen.Count == 0)
            return unseen;
        var change = new FlagChange(FlagOperation.Add, SystemFlags.Seen, []);
        await view.StoreFlagsAsync([.. unseen], change);
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid, new OwnChange(unseen, change, reportsAll: true));
        return unseen;
    }

    private static FetchCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var set = SequenceSet.Parse(ref scanner);
        scanner.ExpectSpace();
        var items = new List<FetchItem>();
        if (scanner.Take('('))
        {
            do
            {
                items.AddRange(FetchItem.Parse(ref scanner, macros: items.Count == 0));
            }
            while (scanner.Take(' ') && items.Count < MaxItems);
            scanner.Expect(')');
        }
        else
        {
            items.AddRange(FetchItem.Parse(ref scanner, macros: true));
        }
        // An item asked for twice is told once.
        return new FetchCommand(set, byUid, [.. items.Distinct()], FetchModifiers.ParseAhead(ref scanner, byUid));
    }
}
