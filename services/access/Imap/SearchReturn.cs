namespace MailMesh.Access.Imap;

/// <summary>RFC 4731 §3.1: what a search gives back, from its RETURN options.</summary>
/// <param name="Partial">RFC 9394 §3.1: which of the results are told; null where PARTIAL is not asked for.</param>
internal sealed record SearchReturn(SearchItems Items, PartialRange? Partial = null)
{
    /// <summary>RFC 4731 §3.1: RETURN () means ALL.</summary>
    public static readonly SearchReturn Everything = new(SearchItems.All);

    public bool Has(SearchItems item) => (Items & item) != 0;

    /// <summary>RFC 5182 §2.1: with SAVE alone there is nothing to say.</summary>
    public bool IsSilent => Items == SearchItems.Save;

    /// <summary>RETURN and its list, where it is ahead, with the blank after it; null where it is not.</summary>
    public static SearchReturn? ParseAhead(ref ImapScanner scanner)
    {
        if (!scanner.TakeWord("RETURN "))
            return null;
        scanner.Expect('(');
        var asked = new SearchReturn(SearchItems.None);
        while (!scanner.Failed && scanner.Ahead != ')')
        {
            if (asked.Items != SearchItems.None)
                scanner.ExpectSpace();
            asked = asked.With(scanner.Keyword(), ref scanner);
        }
        scanner.Expect(')');
        scanner.ExpectSpace();
        // RFC 9394 §3.1
        if (asked.Has(SearchItems.All) && asked.Has(SearchItems.Partial))
            scanner.Fail("ALL and PARTIAL exclude each other");
        return asked.Items == SearchItems.None ? Everything : asked;
    }

    private SearchReturn With(string name, ref ImapScanner scanner)
    {
        switch (name)
        {
            case "MIN":
                return this with { Items = Items | SearchItems.Min };
            case "MAX":
                return this with { Items = Items | SearchItems.Max };
            case "ALL":
                return this with { Items = Items | SearchItems.All };
            case "COUNT":
                return this with { Items = Items | SearchItems.Count };
            case "SAVE":
                return this with { Items = Items | SearchItems.Save };
            case "RELEVANCY": // RFC 6203 §4
                return this with { Items = Items | SearchItems.Relevancy };
            case "UPDATE":
                return this with { Items = Items | SearchItems.Update };
            case "CONTEXT": // RFC 5267 §4.2: a hint that may be ignored
                return this with { Items = Items | SearchItems.Context };
            case "PARTIAL" when Partial is null:
                scanner.ExpectSpace();
                return this with { Items = Items | SearchItems.Partial, Partial = PartialRange.Parse(ref scanner) };
            default:
                scanner.Fail("Unknown search return option");
                return this;
        }
    }
}

/// <summary>Search return options of RFC 4731 §3.1, RFC 5182 §2.1, RFC 5267 §4.1, RFC 6203 §4 and RFC 9394 §3.1.</summary>
[Flags]
internal enum SearchItems
{
    None = 0,
    Min = 1,
    Max = 2,
    All = 4,
    Count = 8,
    Save = 16,
    Update = 32,
    Context = 64,
    Partial = 128,
    Relevancy = 256,
}
