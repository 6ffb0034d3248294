using MailMesh.Mailstore;
using MailMesh.Search;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §9 search-key.</summary>
internal static class SearchKeyParser
{
    /// <summary>OR, NOT and parentheses within each other: no person nests deeper, and each level takes stack.</summary>
    private const int MaxDepth = 100;

    private const int MaxKeys = 10_000;

    /// <summary>One or more keys, all of which have to hold.</summary>
    public static SearchKey ParseAll(ref ImapScanner scanner, int depth = 0)
    {
        var keys = new List<SearchKey>();
        do
        {
            keys.Add(Parse(ref scanner, depth));
            if (keys.Count > MaxKeys)
                scanner.Fail("Too many search keys");
        }
        while (scanner.Take(' '));
        if (keys.Count == 1)
            return keys[0];
        // What the list of messages answers comes first, what takes the message's text last.
        return new SearchKey.And([.. keys.OrderBy(Cost)]);
    }

    private static int Cost(SearchKey key) => key switch
    {
        SearchKey.And and => and.Keys.Max(Cost),
        SearchKey.Or or => Math.Max(Cost(or.First), Cost(or.Second)),
        SearchKey.Not not => Cost(not.Key),
        SearchKey.SentDate or SearchKey.InEnvelope or SearchKey.FuzzyField => 1,
        SearchKey.Header => 2,
        SearchKey.Body or SearchKey.Text => 3,
        _ => 0,
    };

    private static SearchKey Parse(ref ImapScanner scanner, int depth)
    {
        if (depth > MaxDepth)
        {
            scanner.Fail("Search keys are nested too deep");
            return new SearchKey.All();
        }
        if (scanner.Take('('))
        {
            var all = ParseAll(ref scanner, depth + 1);
            scanner.Expect(')');
            return all;
        }
        if (scanner.Ahead is (byte)'*' or (byte)'$' or (>= (byte)'0' and <= (byte)'9'))
            return new SearchKey.Among(SequenceSet.Parse(ref scanner), Uids: false);
        return ParseNamed(scanner.Word(), ref scanner, depth);
    }

    private static SearchKey ParseNamed(string name, ref ImapScanner scanner, int depth)
    {
        switch (name)
        {
            case "NOT":
                scanner.ExpectSpace();
                return new SearchKey.Not(Parse(ref scanner, depth + 1));
            case "FUZZY":
                scanner.ExpectSpace();
                return Fuzzy(Parse(ref scanner, depth + 1));
            case "OR":
                scanner.ExpectSpace();
                var first = Parse(ref scanner, depth + 1);
                scanner.ExpectSpace();
                return new SearchKey.Or(first, Parse(ref scanner, depth + 1));
            case "UID":
                scanner.ExpectSpace();
                return new SearchKey.Among(SequenceSet.Parse(ref scanner), Uids: true);
            case "UIDAFTER":
                scanner.ExpectSpace();
                return new SearchKey.UidsBetween(scanner.NonZeroNumber() + 1L, long.MaxValue);
            case "UIDBEFORE":
                scanner.ExpectSpace();
                return new SearchKey.UidsBetween(1, scanner.NonZeroNumber() - 1L);
            case "LARGER":
                scanner.ExpectSpace();
                return new SearchKey.Larger(scanner.Number64());
            case "SMALLER":
                scanner.ExpectSpace();
                return new SearchKey.Smaller(scanner.Number64());
            case "YOUNGER":
                scanner.ExpectSpace();
                return new SearchKey.Younger(scanner.NonZeroNumber());
            case "OLDER":
                scanner.ExpectSpace();
                return new SearchKey.Older(scanner.NonZeroNumber());
            case "EMAILID":
                scanner.ExpectSpace();
                return new SearchKey.EmailId(ObjectId.ContentOf(ObjectId.Parse(ref scanner)));
            case "THREADID":
                scanner.ExpectSpace();
                return new SearchKey.ThreadId(ObjectId.Parse(ref scanner));
            case "MODSEQ":
                scanner.ExpectSpace();
                return ParseModSeq(ref scanner);
            case "KEYWORD":
                scanner.ExpectSpace();
                return new SearchKey.Keyword(scanner.AtomText());
            case "UNKEYWORD":
                scanner.ExpectSpace();
                return new SearchKey.Not(new SearchKey.Keyword(scanner.AtomText()));
            default:
                return ParseFlag(name) ?? ParseDate(name, ref scanner) ?? ParseText(name, ref scanner);
        }
    }

    /// <summary>RFC 7162 §7 search-modsequence: an entry's name and type may stand before the value.</summary>
    private static SearchKey.ModSeq ParseModSeq(ref ImapScanner scanner)
    {
        if (scanner.Ahead == '"')
        {
            if (!scanner.String().StartsWith("/flags/", StringComparison.OrdinalIgnoreCase))
                scanner.Fail("Unknown entry");
            scanner.ExpectSpace();
            if (scanner.Keyword() is not ("ALL" or "PRIV" or "SHARED"))
                scanner.Fail("Unknown type of entry");
            scanner.ExpectSpace();
        }
        return new SearchKey.ModSeq(scanner.ModSeq());
    }

    /// <summary>RFC 6203 §3: text is looked for by its words; what is no text stays as it is.</summary>
    private static SearchKey Fuzzy(SearchKey key) => key switch
    {
        SearchKey.And and => new SearchKey.And([.. and.Keys.Select(Fuzzy)]),
        SearchKey.Or or => new SearchKey.Or(Fuzzy(or.First), Fuzzy(or.Second)),
        SearchKey.Not not => new SearchKey.Not(Fuzzy(not.Key)),
        SearchKey.Text text => new SearchKey.FuzzyText(FuzzyQuery.Of(text.Value, bodyOnly: false)),
        SearchKey.Body body => new SearchKey.FuzzyText(FuzzyQuery.Of(body.Value, bodyOnly: true)),
        SearchKey.InEnvelope field => new SearchKey.FuzzyField(field.Field, FuzzyQuery.Of(field.Value, bodyOnly: false)),
        _ => key,
    };

    private static SearchKey? ParseFlag(string name) => name switch
    {
        "ALL" or "SAVEDATESUPPORTED" => new SearchKey.All(), // RFC 8514 §4.3: of the mailbox, and of each
        "ANSWERED" => new SearchKey.Flag(SystemFlags.Answered),
        "DELETED" => new SearchKey.Flag(SystemFlags.Deleted),
        "DRAFT" => new SearchKey.Flag(SystemFlags.Draft),
        "FLAGGED" => new SearchKey.Flag(SystemFlags.Flagged),
        "SEEN" => new SearchKey.Flag(SystemFlags.Seen),
        "UNANSWERED" => new SearchKey.Not(new SearchKey.Flag(SystemFlags.Answered)),
        "UNDELETED" => new SearchKey.Not(new SearchKey.Flag(SystemFlags.Deleted)),
        "UNDRAFT" => new SearchKey.Not(new SearchKey.Flag(SystemFlags.Draft)),
        "UNFLAGGED" => new SearchKey.Not(new SearchKey.Flag(SystemFlags.Flagged)),
        "UNSEEN" => new SearchKey.Not(new SearchKey.Flag(SystemFlags.Seen)),
        "RECENT" => new SearchKey.Recent(),
        "OLD" => new SearchKey.Not(new SearchKey.Recent()),
        "NEW" => new SearchKey.And([new SearchKey.Recent(), new SearchKey.Not(new SearchKey.Flag(SystemFlags.Seen))]),
        _ => null,
    };

    private static SearchKey? ParseDate(string name, ref ImapScanner scanner)
    {
        DateRelation? relation = name switch
        {
            "BEFORE" or "SENTBEFORE" or "SAVEDBEFORE" => DateRelation.Before,
            "ON" or "SENTON" or "SAVEDON" => DateRelation.On,
            "SINCE" or "SENTSINCE" or "SAVEDSINCE" => DateRelation.Since,
            _ => null,
        };
        if (relation is not { } known)
            return null;
        scanner.ExpectSpace();
        var date = ImapDate.ParseDate(ref scanner);
        if (name.StartsWith("SAVED", StringComparison.Ordinal))
            return new SearchKey.SavedDate(known, date);
        return name.StartsWith("SENT", StringComparison.Ordinal) ? new SearchKey.SentDate(known, date) : new SearchKey.InternalDate(known, date);
    }

    private static SearchKey ParseText(string name, ref ImapScanner scanner)
    {
        scanner.ExpectSpace();
        switch (name)
        {
            case "BCC" or "CC" or "FROM" or "SUBJECT" or "TO":
                return new SearchKey.InEnvelope(name, scanner.Astring());
            case "BODY":
                return new SearchKey.Body(scanner.Astring());
            case "TEXT":
                return new SearchKey.Text(scanner.Astring());
            case "HEADER":
                var field = scanner.Astring();
                scanner.ExpectSpace();
                return new SearchKey.Header(field, scanner.Astring());
            default:
                scanner.Fail("Unknown search key");
                return new SearchKey.All();
        }
    }
}
