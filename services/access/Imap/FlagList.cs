using MailMesh.Mailstore;

namespace MailMesh.Access.Imap;

/// <summary>RFC 3501 §2.3.2: system flags and keywords of a command.</summary>
internal sealed record FlagList(SystemFlags System, IReadOnlyList<string> Keywords)
{
    /// <summary>More and longer keywords serve nobody and cost every session of the mailbox.</summary>
    public const int MaxKeywords = 100;

    public const int MaxKeywordLength = 100;

    public static readonly FlagList None = new(SystemFlags.None, []);

    private static readonly (string Name, SystemFlags Flag)[] Names =
    [
        ("\\Answered", SystemFlags.Answered), ("\\Flagged", SystemFlags.Flagged), ("\\Deleted", SystemFlags.Deleted),
        ("\\Seen", SystemFlags.Seen), ("\\Draft", SystemFlags.Draft),
    ];

    /// <summary>flag-list: flags between parentheses.</summary>
    public static FlagList ParseList(ref ImapScanner scanner)
    {
        scanner.Expect('(');
        var flags = scanner.Ahead == ')' ? None : ParseFlags(ref scanner);
        scanner.Expect(')');
        return flags;
    }

    /// <summary>One or more flags divided by blanks.</summary>
    public static FlagList ParseFlags(ref ImapScanner scanner)
    {
        var system = SystemFlags.None;
        var keywords = new List<string>();
        do
        {
            if (scanner.Take('\\'))
                system |= SystemFlag(ref scanner);
            else if (scanner.AtomText() is { Length: > 0 } keyword)
                Add(keywords, keyword, ref scanner);
        }
        while (scanner.Take(' '));
        return new FlagList(system, keywords);
    }

    /// <summary>The names of flags divided by blanks, without parentheses.</summary>
    public static string Format(SystemFlags system, string? keywords, bool recent)
    {
        if (system == SystemFlags.Seen && keywords is null && !recent)
            return "\\Seen";
        var names = new List<string>(6);
        foreach (var (name, flag) in Names)
        {
            if (system.HasFlag(flag))
                names.Add(name);
        }
        if (recent)
            names.Add("\\Recent");
        if (keywords is not null)
            names.Add(keywords);
        return string.Join(' ', names);
    }

    private static SystemFlags SystemFlag(ref ImapScanner scanner)
    {
        var name = scanner.AtomText();
        foreach (var (known, flag) in Names)
        {
            if (known.AsSpan(1).Equals(name, StringComparison.OrdinalIgnoreCase))
                return flag;
        }
        // RFC 3501 §2.3.2: \Recent cannot be altered by the client; the others cannot be made (no \* for system flags).
        scanner.Fail(name.Equals("Recent", StringComparison.OrdinalIgnoreCase) ? "\\Recent is the server's to set" : "No such system flag");
        return SystemFlags.None;
    }

    private static void Add(List<string> keywords, string keyword, ref ImapScanner scanner)
    {
        if (keyword.Length > MaxKeywordLength || keywords.Count >= MaxKeywords)
            scanner.Fail("Too many or too long keywords");
        else if (!keywords.Contains(keyword, StringComparer.OrdinalIgnoreCase))
            keywords.Add(keyword);
    }
}
