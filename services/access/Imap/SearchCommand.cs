namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §6.4.4 SEARCH, with the return options of RFC 4731 and RFC 5182.</summary>
/// <param name="Charset">Null where the client names none: US-ASCII, and UTF-8 does no harm.</param>
/// <param name="Return">Null where the client asks for the reply of RFC 3501.</param>
internal sealed record SearchCommand(SearchKey Key, bool ByUid, string? Charset, SearchReturn? Return) : IImapCommand
{
    public static readonly Completion BadCharset = Completion.No("Charset is not supported", "BADCHARSET (US-ASCII UTF-8)");

    /// <summary>RFC 5182 §2.1.</summary>
    private static readonly Completion NotSaved = Completion.No("The result is too long to be kept", "NOTSAVED");

    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public static bool IsKnownCharset(string? charset) => charset is null or "US-ASCII" or "UTF-8";

    public async ValueTask<Completion> RunAsync(ImapSession session)
    {
        var view = session.SelectedView;
        var saved = view.Saved;
        // RFC 5182 §2.1: a search that fails leaves nothing saved.
        if (Return?.Has(SearchItems.Save) == true)
            view.Saved = [];
        if (!IsKnownCharset(Charset))
            return BadCharset;
        if (Key.AsksModSeq)
            session.Enabled.Add(Extension.CondStore); // RFC 7162 §3.1
        await view.RefreshAsync();
        // New mail is found only once the client has been told that it is there.
        view.Update(session.Writer, UpdateRule.WithoutExpunge, ByUid);
        var found = await new MessageSearch(session, SearchScope.Of(view, saved, session.Server.Clock), Key).FindAsync();
        return await ReplyAsync(session, view, new SearchResult(found, ByUid));
    }

    private async ValueTask<Completion> ReplyAsync(ImapSession session, MailboxView view, SearchResult result)
    {
        if (Return is null)
        {
            await result.WriteListAsync(session.Writer, "SEARCH", Key.AsksModSeq);
            return Completion.Ok("Search completed");
        }
        if (!Return.IsSilent)
            await result.WriteAsync(session.Writer, session.Tag, Return, Key.AsksModSeq);
        if (!Return.Has(SearchItems.Save))
            return Completion.Ok("Search completed");
        if (result.ToSave(Return) is not { } saved)
            return NotSaved;
        view.Saved = saved;
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
        return new SearchCommand(SearchKeyParser.ParseAll(ref scanner), byUid, charset, asked);
    }
}
