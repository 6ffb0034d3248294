namespace MailMesh.Access.Imap;

/// <summary>RFC 5256 §3 SORT, with the return options of RFC 5267 §3.1.</summary>
/// <param name="Search">What to sort, and how to tell it: as SEARCH has it.</param>
internal sealed record SortCommand(SortCriteria Criteria, SearchCommand Search) : IImapCommand
{
    public static IImapCommand Parse(ref ImapScanner scanner) => Parse(ref scanner, byUid: false);

    public static IImapCommand ParseUid(ref ImapScanner scanner) => Parse(ref scanner, byUid: true);

    public ValueTask<Completion> RunAsync(ImapSession session) => Search.RunAsync(session, Criteria);

    private static SortCommand Parse(ref ImapScanner scanner, bool byUid)
    {
        scanner.ExpectSpace();
        var asked = SearchReturn.ParseAhead(ref scanner);
        var criteria = SortCriteria.Parse(ref scanner);
        var search = SearchCommand.ParseWithCharset(ref scanner, byUid, asked, mayReturn: true);
        if (criteria.NeedFuzzy && !search.IsFuzzy)
            scanner.Fail("RELEVANCY is of FUZZY keys");
        return new SortCommand(criteria, search);
    }
}
