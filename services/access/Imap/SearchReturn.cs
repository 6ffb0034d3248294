namespace MailMesh.Access.Imap;

/// <summary>RFC 4731 §3.1: what a search gives back, from its RETURN options.</summary>
internal sealed record SearchReturn(SearchItems Items)
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
            default:
                scanner.Fail("Unknown search return option");
                return this;
        }
    }
}

/// <summary>RFC 4731 §3.1 and RFC 5182 §2.1: search return options.</summary>
[Flags]
internal enum SearchItems
{
    None = 0,
    Min = 1,
    Max = 2,
    All = 4,
    Count = 8,
    Save = 16,
}
