using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 7377 ESEARCH: one search of several mailboxes, told in UIDs.</summary>
/// <param name="Source">Null for the selected mailbox alone.</param>
internal sealed record EsearchCommand(SearchSource? Source, SearchCommand Search) : IImapCommand
{
    /// <summary>RFC 7377 §2.2: return options that keep something of the one mailbox that is selected.</summary>
    private const SearchItems OfSelected = SearchItems.Save | SearchItems.Update | SearchItems.Context | SearchItems.Partial;

    public static IImapCommand Parse(ref ImapScanner scanner)
    {
        SearchSource? source = null;
        if (scanner.TakeWord(" IN "))
            source = SearchSource.Parse(ref scanner);
        return new EsearchCommand(source, SearchCommand.ParseUidProgram(ref scanner));
    }

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var hasSelected = Source?.HasSelected ?? true;
        if (hasSelected && session.View is null)
            return Completion.Bad("No mailbox is selected");
        if (Search.IsRefused(session) is { } refused)
            return refused;
        if (Source is null or { IsSelectedOnly: true })
            return await Search.RunAsync(session, criteria: null, session.View);
        if (Search.Return!.Has(OfSelected) || Search.Key.Any(key => key is SearchKey.Among { Uids: false } or SearchKey.Among { Set.IsSaved: true }))
            return await IsOfSelectedAsync(session) ? await Search.RunAsync(session, criteria: null, session.View) : Completion.Bad("That is of the selected mailbox alone");
        if (hasSelected)
        {
            var (found, fuzzy) = await Search.FindAsync(session, session.SelectedView.Saved);
            await TellAsync(session, SearchCorrelator.Of(session, session.SelectedView), new SearchResult(found, byUid: true, fuzzy));
        }
        foreach (var mailbox in await Source.FindAsync(session))
        {
            if (!hasSelected || mailbox.Mailbox.Id != session.SelectedView.MailboxId)
                await SearchAsync(session, mailbox);
        }
        return Completion.Ok("Search completed");
    }

    /// <summary>RFC 7377 §2.2: the selected mailbox is the only one that is searched, by whichever name.</summary>
    private async ValueTask<bool> IsOfSelectedAsync(ImapSession session)
    {
        if (session.View is not { } view)
            return false;
        var mailboxes = await Source!.FindAsync(session);
        return (Source.HasSelected || mailboxes.Count > 0) && mailboxes.All(mailbox => mailbox.Mailbox.Id == view.MailboxId);
    }

    private async ValueTask SearchAsync(ImapSession session, ReachedMailbox mailbox)
    {
        await session.Progress.TellAsync();
        try
        {
            await using var opened = await session.Backend.Snapshots.OpenAsync(mailbox.Mailbox, readOnly: true);
            var shown = opened.Current;
            var scope = new SearchScope(shown, message => message.Uid >= opened.RecentFrom, [], session.Server.Clock.GetUtcNow());
            var found = await new MessageSearch(session, scope, Search.Key).FindAsync();
            await TellAsync(session, new SearchCorrelator(session.Tag, mailbox.Path, shown.Mailbox.UidValidity), new SearchResult(found, byUid: true, scope.Fuzzy));
        }
        catch (MailboxException)
        {
            // RFC 7377 §2.1: of a mailbox that went meanwhile there is nothing to tell.
        }
    }

    /// <summary>RFC 7377 §2.1: of a mailbox where nothing is found nothing is told.</summary>
    private ValueTask TellAsync(ImapSession session, SearchCorrelator correlator, SearchResult result) =>
        result.IsEmpty ? ValueTask.CompletedTask : result.WriteAsync(session.Writer, correlator, Search.Return!, Search.Key.AsksModSeq);
}
