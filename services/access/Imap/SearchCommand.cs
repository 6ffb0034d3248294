using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.4 SEARCH, with the return options of RFC 4731 and RFC 5182.</summary>
/// <param name="Charset">Null where the client names none: US-ASCII, and UTF-8 does no harm.</param>
/// <param name="Return">Null where the client asks for the reply of RFC 3501.</param>
internal sealed record SearchCommand(SearchKey Key, bool ByUid, string? Charset, SearchReturn? Return) : IImapCommand
{
    /// <summary>Each asks the full-text index anew.</summary>
    private const int MaxFuzzyKeys = 20;

    /// <summary>RFC 5182 §2.1.</summary>
    private static readonly Completion NotSaved = Completion.No("The result is too long to be kept", "NOTSAVED");

    private static readonly Completion BadCharset = Completion.No("Charset is not supported", "BADCHARSET (US-ASCII UTF-8)");

    /// <summary>By the word CHARSET, not as SORT and THREAD have to.</summary>
    public bool NamesCharset { get; init; }

    public bool IsFuzzy => Key.Any(key => key is SearchKey.FuzzyText or SearchKey.FuzzyField);

    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    /// <summary>RFC 5256 §5 search-criteria: the charset has to be named.</summary>
    /// <param name="mayReturn">RETURN may stand here too: RFC 5267 has it before the criteria, imaptest and what follows it behind the charset. No search key has that name.</param>
    public static SearchCommand ParseWithCharset(ref ImapScanner scanner, bool byUid, SearchReturn? asked, bool mayReturn)
    {
        scanner.ExpectSpace();
        var charset = scanner.Astring().ToUpperInvariant();
        scanner.ExpectSpace();
        if (mayReturn)
            asked ??= SearchReturn.ParseAhead(ref scanner);
        return Checked(new SearchCommand(SearchKeyParser.ParseAll(ref scanner), byUid, charset, asked), ref scanner);
    }

    /// <summary>RFC 6203 §4: without FUZZY there is no relevancy.</summary>
    private static SearchCommand Checked(SearchCommand command, ref ImapScanner scanner)
    {
        if (command.Return?.Has(SearchItems.Relevancy) == true && !command.IsFuzzy)
            scanner.Fail("RELEVANCY is of FUZZY keys");
        var fuzzy = 0;
        command.Key.Any(key => key is SearchKey.FuzzyText && ++fuzzy > MaxFuzzyKeys);
        if (fuzzy > MaxFuzzyKeys)
            scanner.Fail("Too many FUZZY keys");
        return command;
    }

    /// <summary>What follows ESEARCH and its sources: it always has return options.</summary>
    public static SearchCommand ParseUidProgram(ref ImapScanner scanner)
    {
        var search = Parse(ref scanner, byUid: true);
        return search with { Return = search.Return ?? SearchReturn.Everything };
    }

    public ValueTask<Completion> RunAsync(ImapSession session) => RunAsync(session, criteria: null);

    /// <summary>Why the search cannot be done at all; null where it can.</summary>
    public Completion? IsRefused(ImapSession session)
    {
        if (NamesCharset && session.Enabled.Utf8Accept)
            return Completion.Bad("CHARSET has no place where UTF-8 is enabled"); // RFC 6855 §3
        if (session.Enabled.UidOnly && Key.Any(key => key is SearchKey.Among { Uids: false, Set.IsSaved: false }))
            return Completion.UidRequired;
        return Charset is null or "US-ASCII" or "UTF-8" ? null : BadCharset;
    }

    /// <param name="criteria">What to sort by; null for a SEARCH.</param>
    /// <param name="named">The mailbox, where the reply names it.</param>
    public async ValueTask<Completion> RunAsync(ImapSession session, SortCriteria? criteria, MailboxView? named = null)
    {
        var view = session.SelectedView;
        var saved = view.Saved;
        var updates = Return?.Has(SearchItems.Update) == true;
        // RFC 5267 §4.3: the tag is all that tells the updates of two searches apart.
        if (updates && view.Contexts.Has(session.Tag))
            return Completion.Bad("Tag is that of a search that is kept up to date");
        // RFC 5182 §2.1: a search that fails leaves nothing saved.
        if (Return?.Has(SearchItems.Save) == true)
            view.Saved = [];
        if (IsRefused(session) is { } refused)
            return refused;
        var (found, fuzzy, limited) = await FindLimitedAsync(session, saved);
        // RFC 9738 §3.3: what is sorted in part is not sorted.
        if (criteria is not null && limited.Code is not null)
            return MessageLimit.Of(session).Refusal();
        var sorted = criteria is null && !updates ? [] : await new MessageSort(session, criteria, fuzzy).SortAsync(found);
        if (updates)
            KeepUpToDate(session, new SearchContext(session.Tag, this, saved, criteria), sorted, isWhole: limited.Code is null);
        var result = new SearchResult(criteria is null ? found : [.. sorted.Select(message => message.Message)], ByUid, fuzzy);
        // RFC 9051 §6.4.4: there is no other reply to SEARCH.
        if (Return is not null || (criteria is null && session.Enabled.Imap4Rev2))
            return limited.Complete(session.Writer, await ReplyAsync(session, named is null ? new SearchCorrelator(session.Tag) : SearchCorrelator.Of(session, named), result));
        await result.WriteListAsync(session.Writer, criteria is null ? "SEARCH" : "SORT", Key.AsksModSeq);
        return limited.Complete(session.Writer, Completion.Ok("Search completed"));
    }

    /// <summary>What is found in the selected mailbox, once the client knows what is there.</summary>
    /// <param name="saved">The UIDs that $ stands for.</param>
    public async ValueTask<(IReadOnlyList<SequencedMessage> Found, FuzzyScores Fuzzy)> FindAsync(ImapSession session, IReadOnlyList<SequenceSet.Range> saved)
    {
        var scope = await BeginAsync(session, saved);
        return (await new MessageSearch(session, scope, Key).FindAsync(), scope.Fuzzy);
    }

    /// <summary>As <see cref="FindAsync"/>, among as many messages as one command may look at (RFC 9738 §3.1).</summary>
    public async ValueTask<(IReadOnlyList<SequencedMessage> Found, FuzzyScores Fuzzy, LimitedMessages Limited)> FindLimitedAsync(
        ImapSession session, IReadOnlyList<SequenceSet.Range> saved)
    {
        var scope = await BeginAsync(session, saved);
        var search = new MessageSearch(session, scope, Key);
        var limit = MessageLimit.Of(session);
        if (!limit.IsPassedBy(scope.Shown.Count))
            return (await search.FindAsync(), scope.Fuzzy, default);
        var limited = limit.Cut([.. scope.Shown.Range(1, scope.Shown.Count).Where(message => Key.Concerns(message, scope))]);
        return (await search.FindAsync(limited.Messages), scope.Fuzzy, limited);
    }

    private async ValueTask<SearchScope> BeginAsync(ImapSession session, IReadOnlyList<SequenceSet.Range> saved)
    {
        if (Key.AsksModSeq)
            session.BecomeCondStoreAware(); // RFC 7162 §3.1
        var view = session.SelectedView;
        await view.RefreshAsync();
        // New mail is found only once the client has been told that it is there.
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid);
        return SearchScope.Of(view, saved, session.Server.Clock);
    }

    /// <param name="isWhole">The search has looked at all messages that it asks for.</param>
    private void KeepUpToDate(ImapSession session, SearchContext context, IReadOnlyList<SortedMessage> found, bool isWhole)
    {
        var contexts = session.SelectedView.Contexts;
        if (!isWhole || contexts.IsFull || found.Count > SearchContext.MaxMessages || !SearchContext.CanFollow(Key))
        {
            SearchContexts.Refuse(session.Writer, context.Tag);
            return;
        }
        context.Begin(found);
        contexts.Add(context);
    }

    private async ValueTask<Completion> ReplyAsync(ImapSession session, SearchCorrelator correlator, SearchResult result)
    {
        var asked = Return ?? SearchReturn.Everything;
        if (!asked.IsSilent)
            await result.WriteAsync(session.Writer, correlator, asked, Key.AsksModSeq);
        if (!asked.Has(SearchItems.Save))
            return Completion.Ok("Search completed");
        if (result.ToSave(asked) is not { } saved)
            return NotSaved;
        session.SelectedView.Saved = saved;
        return Completion.Ok("Search completed, result saved");
    }

    private static SearchCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var asked = SearchReturn.ParseAhead(ref scanner);
        string? charset = null;
        if (scanner.TakeWord("CHARSET "))
        {
            charset = scanner.Astring().ToUpperInvariant();
            scanner.ExpectSpace();
        }
        var key = SearchKeyParser.ParseAll(ref scanner);
        return Checked(new SearchCommand(key, byUid, charset, asked) { NamesCharset = charset is not null }, ref scanner);
    }
}
